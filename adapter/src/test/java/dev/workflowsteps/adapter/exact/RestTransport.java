package dev.workflowsteps.adapter.exact;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Java's HTTP client. */
final class RestTransport implements Transport {

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;
  private final String key;

  RestTransport(String base, String key) {
    this.base = base;
    this.key = key;
  }

  @Override
  public Page list(Question question) {
    URI uri = URI.create(base + "/v1/workflows/steps?" + String.join("&", parameters(question)));
    HttpRequest request = HttpRequest.newBuilder(uri).header("Api-Key", key).build();
    try {
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            uri + ": " + new String(answer.body(), StandardCharsets.UTF_8));
      }
      Document.Answer list = Document.parseList(answer.body());
      return new Page(
          list.documents().stream().map(Row::of).toList(),
          list.before(),
          list.after(),
          answer.body().length);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(uri.toString(), e);
    }
  }

  private static List<String> parameters(Question question) {
    List<String> parameters = new ArrayList<>();
    question.exact().forEach((name, value) -> parameters.add(parameter(name, value)));
    question.types().forEach(type -> parameters.add(parameter("block_type", type)));
    question.statuses().forEach(status -> parameters.add(parameter("status", status)));
    parameters.add(parameter("order", question.descending() ? "desc" : "asc"));
    parameters.add(parameter("limit", Integer.toString(question.limit())));
    if (question.before() != null) {
      parameters.add(parameter("before", question.before()));
    }
    if (question.after() != null) {
      parameters.add(parameter("after", question.after()));
    }
    return parameters;
  }

  private static String parameter(String name, String value) {
    return name + '=' + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {}
}
