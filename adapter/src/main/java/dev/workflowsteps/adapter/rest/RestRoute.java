package dev.workflowsteps.adapter.rest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.json.JsonOutput;
import dev.workflowsteps.adapter.json.MessageWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One RPC as a route: its path, its parameters, and its answer. */
final class RestRoute {

  private final MethodDescriptor method;
  private final io.grpc.MethodDescriptor<byte[], byte[]> rpc;
  private final String template;
  private final List<Segment> segments;
  private final String responseBody;
  private final Parameters parameters;
  private final Map<String, MessageWriter> writers = new HashMap<>();

  /**
   * A part of the template.
   *
   * @param text the word, or the name of the field whose value stands there
   */
  private record Segment(String text, boolean isVariable) {

    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_0-9]+)}");

    static Segment of(String part) {
      Matcher variable = VARIABLE.matcher(part);
      return variable.matches() ? new Segment(variable.group(1), true) : new Segment(part, false);
    }
  }

  /**
   * The route that {@code google.api.http} gives a method; empty if it gives none.
   *
   * @throws IllegalArgumentException if it says something that has no meaning here
   */
  static Optional<RestRoute> of(MethodDescriptor method) {
    HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
    if (rule.getPatternCase() == HttpRule.PatternCase.PATTERN_NOT_SET) {
      return Optional.empty();
    }
    if (rule.getPatternCase() != HttpRule.PatternCase.GET
        || !rule.getBody().isEmpty()
        || rule.getAdditionalBindingsCount() > 0
        || method.isClientStreaming()
        || method.isServerStreaming()) {
      throw new IllegalArgumentException(
          method.getFullName() + ": google.api.http (expected: a unary method with one get)");
    }
    return Optional.of(new RestRoute(method, rule));
  }

  private RestRoute(MethodDescriptor method, HttpRule rule) {
    this.method = method;
    this.rpc = Upstream.method(method.getService().getFullName() + "/" + method.getName());
    this.template = rule.getGet();
    this.segments = Arrays.stream(template.substring(1).split("/")).map(Segment::of).toList();
    this.responseBody = rule.getResponseBody();
    segments.forEach(this::requireMeaning);
    this.parameters =
        new Parameters(
            method.getInputType(),
            segments.stream()
                .filter(Segment::isVariable)
                .map(Segment::text)
                .collect(Collectors.toSet()));
    writers.put("", MessageWriter.compile(method.getOutputType()));
    parameters
        .views()
        .forEach(view -> writers.put(view, MessageWriter.compile(method.getOutputType(), view)));
    if (!responseBody.isEmpty() && method.getOutputType().findFieldByName(responseBody) == null) {
      throw new IllegalArgumentException(
          method.getFullName() + ": response_body " + responseBody + " is no field");
    }
  }

  /** As in the proto: with its variables in braces. */
  String template() {
    return template;
  }

  /** The RPC, for messages as bytes. */
  io.grpc.MethodDescriptor<byte[], byte[]> rpc() {
    return rpc;
  }

  /** Whether a target's path is this route's. */
  boolean matches(Target target) {
    List<String> given = target.segments();
    if (given.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      Segment segment = segments.get(i);
      boolean fits =
          segment.isVariable() ? !given.get(i).isEmpty() : given.get(i).equals(segment.text());
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads what a matching target asks for.
   *
   * @throws MalformedTextException if its query can't be read
   */
  Parameters.Request read(Target target) throws MalformedTextException {
    Map<String, String> pathValues = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).isVariable()) {
        pathValues.put(segments.get(i).text(), target.segments().get(i));
      }
    }
    return parameters.read(target.query(), pathValues);
  }

  /** Prints the answer to a request. */
  void write(Parameters.Request request, byte[] answer, JsonOutput out) {
    MessageWriter writer = writers.get(request.view());
    if (responseBody.isEmpty()) {
      writer.write(answer, out);
    } else {
      writer.writeField(responseBody, answer, out);
    }
  }

  private void requireMeaning(Segment segment) {
    if (segment.isVariable()) {
      requireField(segment.text());
    } else if (segment.text().isEmpty()
        || segment.text().contains("{")
        || segment.text().contains("*")) {
      throw new IllegalArgumentException(
          method.getFullName() + ": " + template + " (expected: words and bare {name}s)");
    }
  }

  private void requireField(String name) {
    FieldDescriptor field = method.getInputType().findFieldByName(name);
    if (field == null || field.isRepeated() || field.getType() != FieldDescriptor.Type.STRING) {
      throw new IllegalArgumentException(
          method.getFullName() + ": {" + name + "} in its path (expected: a string field)");
    }
  }
}
