package dev.workflowsteps.adapter.malformed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Request;
import dev.workflowsteps.adapter.client.Request.Header;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One row of the table: a request, and what its caller sees.
 *
 * @param request with its abbreviations; beginning with an HTTP method or with the name of an RPC
 * @param key which key is sent with it
 * @param fields of the violations, in their order
 */
record Row(String request, String key, String status, String code, String fields, String message) {

  private static final String BYTES = "bytes ";

  private static final List<ServiceDescriptor> SERVICES =
      Stream.of(StepsServiceProto.getDescriptor(), ArtifactsServiceProto.getDescriptor())
          .flatMap(file -> file.getServices().stream())
          .toList();

  private static final Pattern ABBREVIATION =
      Pattern.compile("\\{(?:(\\d+)×([^}]*)|(\\d+)\\.\\.(\\d+)|((?:[0-9a-f]{2} ?)+))}");

  static Stream<Row> all() throws IOException {
    try (InputStream in = Row.class.getResourceAsStream("malformed.md")) {
      return new String(in.readAllBytes(), UTF_8)
          .lines().filter(line -> line.startsWith("| `")).map(Row::of).toList().stream();
    }
  }

  private static Row of(String line) {
    List<String> cells = List.of(line.substring(2, line.length() - 2).split(" \\| ", -1));
    if (cells.size() != 6) {
      throw new IllegalArgumentException(line + " (expected: 6 cells)");
    }
    return new Row(
        cells.get(0).substring(1, cells.get(0).length() - 1),
        cells.get(1),
        cells.get(2),
        cells.get(3),
        cells.get(4),
        cells.get(5));
  }

  /** The same request with what its caller sees. */
  Row answered(Answer answer) {
    Answer.Error error = answer.error();
    String joined = error.fields().isEmpty() ? "-" : String.join(" ", error.fields());
    String reason = error.reason().isEmpty() ? "-" : error.reason().toLowerCase(Locale.ROOT);
    return new Row(request, key, error.status(), reason, joined, error.message());
  }

  boolean isHttp() {
    return request.contains(" /");
  }

  /** The request over HTTP, with these headers before its own, and its body as it is sent. */
  Request http(List<Header> headers) {
    String[] parts = inFull().split(" \\+ ", 3);
    String[] line = parts[0].split(" ", 2);
    List<Header> all = new ArrayList<>(headers);
    if (parts.length > 1) {
      String[] own = parts[1].split(": ?", 2);
      all.add(new Header(own[0], own[1]));
    }
    byte[] body = parts.length > 2 ? parts[2].getBytes(ISO_8859_1) : new byte[0];
    return new Request(Kind.LIST_STEPS, line[0], line[1], body, all);
  }

  /** Makes the call: the RPC's name, and its request as text or, after {@code bytes}, as it is. */
  Answer call(GrpcClient client, List<Header> headers) throws IOException {
    String[] parts = inFull().split(" ", 2);
    String text = parts.length > 1 ? parts[1] : "";
    Optional<MethodDescriptor> method =
        SERVICES.stream()
            .flatMap(service -> service.getMethods().stream())
            .filter(candidate -> candidate.getName().equals(parts[0]))
            .findFirst();
    ServiceDescriptor service = method.map(MethodDescriptor::getService).orElse(SERVICES.get(0));
    byte[] message = method.isPresent() ? message(method.get(), text) : text.getBytes(UTF_8);
    return client.call(service.getFullName() + '/' + parts[0], message, headers);
  }

  private static byte[] message(MethodDescriptor method, String text) throws IOException {
    if (text.startsWith(BYTES)) {
      return text.substring(BYTES.length()).getBytes(ISO_8859_1);
    }
    DynamicMessage.Builder message = DynamicMessage.newBuilder(method.getInputType());
    TextFormat.merge(text, message);
    return message.build().toByteArray();
  }

  /** The request in full, as the bytes that are sent, one for each character. */
  String inFull() {
    return ABBREVIATION.matcher(request).replaceAll(Row::written);
  }

  private static String written(MatchResult match) {
    return Matcher.quoteReplacement(inFull(match));
  }

  private static String inFull(MatchResult match) {
    if (match.group(1) != null) {
      return match.group(2).repeat(Integer.parseInt(match.group(1)));
    }
    if (match.group(3) != null) {
      return IntStream.rangeClosed(
              Integer.parseInt(match.group(3)), Integer.parseInt(match.group(4)))
          .mapToObj(Integer::toString)
          .collect(Collectors.joining(","));
    }
    return Stream.of(match.group(5).split(" "))
        .map(hex -> Character.toString(Integer.parseInt(hex, 16)))
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return "| `%s` | %s | %s | %s | %s | %s |"
        .formatted(request, key, status, code, fields, message);
  }
}
