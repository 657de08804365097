package dev.workflowsteps.adapter.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Lists by Java's HTTP client, which speaks HTTP/2, and asks over a socket of its own, as no
 * library sends what is broken.
 */
public final class RestClient implements Client {

  private static final JsonFactory JSON = new JsonFactory();
  private static final ObjectMapper TREES = new ObjectMapper();
  private static final int PATIENCE_MILLIS = 60_000;

  /** Half of what the server waits for the next request on a connection, by default. */
  private static final Duration MOST_IDLE = Duration.ofSeconds(5);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String url;
  private final String key;
  private Socket socket;
  private long lastUse;
  private InputStream in;

  /**
   * @param key of {@link #list}
   */
  public RestClient(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /**
   * The response to a GET, whatever it is.
   *
   * @param headers names and values in turn
   */
  public static HttpResponse<String> get(String uri, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
    return HTTP.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  @Override
  public Answer list(Question question) throws IOException {
    String query =
        question.pairs().stream()
            .map(pair -> pair.name() + '=' + URLEncoder.encode(pair.value(), UTF_8))
            .collect(Collectors.joining("&"));
    URI uri = URI.create(url + "/v1/workflows/" + question.kind().collection() + '?' + query);
    HttpRequest request = HttpRequest.newBuilder(uri).header("Api-Key", key).build();
    try {
      HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(uri + new String(answer.body(), UTF_8)).isEqualTo(200);
      return read(question.kind(), answer.body(), answer.headers().allValues("x-request-id"));
    } catch (InterruptedException e) {
      throw new InterruptedIOException(uri.toString());
    }
  }

  @Override
  public Answer ask(Request asked) throws IOException {
    StringBuilder request = new StringBuilder();
    request.append(asked.method()).append(' ').append(asked.target()).append(" HTTP/1.1\r\n");
    request.append("host: localhost\r\n");
    asked.headers().forEach(h -> request.append(h.name() + ": " + h.value() + "\r\n"));
    if (asked.method().equals("POST") && asked.message().length == 0) {
      request.append("content-length: 0\r\n");
    }
    connect();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    sent.writeBytes(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    sent.writeBytes(asked.message());
    socket.getOutputStream().write(sent.toByteArray());
    Answer answer = answer(asked);
    lastUse = System.nanoTime();
    return answer;
  }

  private void connect() throws IOException {
    if (socket != null && System.nanoTime() - lastUse > MOST_IDLE.toNanos()) {
      close();
    }
    if (socket == null) {
      socket = new Socket("127.0.0.1", URI.create(url).getPort());
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }
  }

  private Answer answer(Request asked) throws IOException {
    String first = line();
    assertThat(first).as("%s", asked).matches("HTTP/1\\.1 [0-9]{3} .*");
    int status = Integer.parseInt(first.substring(9, 12));
    Map<String, String> headers = new HashMap<>();
    List<String> ids = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] parts = line.split(": ?", 2);
      headers.put(parts[0].toLowerCase(java.util.Locale.ROOT), parts[1]);
      if (parts[0].equalsIgnoreCase("x-request-id")) {
        ids.add(parts[1]);
      }
    }
    boolean bodiless = asked.method().equals("HEAD") || status == 204 || status == 304;
    byte[] body =
        bodiless
            ? new byte[0]
            : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    if ("close".equals(headers.get("connection"))) {
      close();
    }
    assertHeaders(asked, status, headers);
    return read(asked, status, body, ids).withEtag(headers.get("etag"));
  }

  private static void assertHeaders(Request asked, int status, Map<String, String> headers) {
    assertThat(headers)
        .as("%s", asked)
        .containsEntry("cache-control", "private, no-store")
        .containsEntry("x-content-type-options", "nosniff")
        .doesNotContainKeys("server", "grpc-status", "grpc-message", "location");
    assertThat(headers.containsKey("www-authenticate")).as("%s", asked).isEqualTo(status == 401);
    assertThat(headers.containsKey("allow"))
        .as("%s", asked)
        .isEqualTo(status == 204 || status == 405);
    assertThat(headers.containsKey("etag"))
        .as("%s", asked)
        .isEqualTo(status == 200 || status == 304);
    String type = headers.getOrDefault("content-type", "");
    if (status == 204 || status == 304) {
      assertThat(type).as("%s", asked).isEmpty();
    } else {
      assertThat(type).as("%s", asked).startsWith("application/json");
    }
  }

  private static Answer read(Request asked, int status, byte[] body, List<String> ids)
      throws IOException {
    if (body.length == 0) {
      return Answer.error(status < 300 ? null : new Answer.Error("" + status), ids);
    }
    return status == 200 ? read(asked.kind(), body, ids) : Answer.error(error(status, body), ids);
  }

  private static Answer read(Kind kind, byte[] body, List<String> ids) throws IOException {
    if (kind.isList()) {
      return page(kind, body, ids);
    }
    String text = new String(body, UTF_8);
    return kind.isSingle()
        ? Answer.rows(List.of(row(kind, text)), null, null, ids, body.length)
        : Answer.counts(text, ids, body.length);
  }

  private static Row row(Kind kind, String json) {
    return kind.isOfSteps() ? Row.step(json) : Row.artifact(json, Row.NO_STEP);
  }

  private static Answer page(Kind kind, byte[] body, List<String> ids) throws IOException {
    List<Row> rows = new ArrayList<>();
    Map<String, String> metadata = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean data = parser.currentName().equals("data");
        parser.nextToken();
        while (data && parser.nextToken() == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          int to = (int) parser.currentLocation().getByteOffset();
          rows.add(row(kind, new String(body, from, to - from, UTF_8)));
        }
        while (!data && parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          metadata.put(name, parser.getValueAsString());
        }
      }
    }
    assertThat(metadata).containsOnlyKeys("before", "after");
    return Answer.rows(rows, metadata.get("before"), metadata.get("after"), ids, body.length);
  }

  /** An error, whose body must have the one form of all of them. */
  private static Answer.Error error(int status, byte[] body) throws IOException {
    String text = new String(body, UTF_8);
    JsonNode detail = TREES.readTree(body).path("detail");
    JsonNode details = detail.path("details");
    assertThat(details.isObject()).as(text).isTrue();
    String message = detail.path("message").textValue();
    assertThat(message).isNotEmpty().isEqualTo(details.path("error").textValue());
    List<String> fields = new ArrayList<>(details.path("violations").findValuesAsText("field"));
    if (details.has("omitted")) {
      fields.add("+" + details.get("omitted"));
    }
    return new Answer.Error("" + status, detail.path("code").textValue(), message, fields, text);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the connection ended after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /** The next request has a connection of its own. */
  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
