package dev.workflowsteps.adapter.rest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.adapter.http.PercentText;
import dev.workflowsteps.adapter.json.JsonOutput;
import dev.workflowsteps.adapter.json.MessageWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One RPC as a route: its path, its parameters, and its answer. */
final class RestRoute {

  private final MethodDescriptor method;
  private final String template;
  private final List<String> segments;
  private final String responseBody;
  private final Parameters parameters;
  private final MessageWriter writer;

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
    this.template = rule.getGet();
    this.segments = List.of(template.substring(1).split("/"));
    this.responseBody = rule.getResponseBody();
    List<String> variables = segments.stream().filter(RestRoute::isVariable).toList();
    variables.forEach(this::requireField);
    segments.stream().filter(segment -> !isVariable(segment)).forEach(this::requireLiteral);
    this.parameters = new Parameters(method.getInputType(), Map.copyOf(names(variables)).keySet());
    this.writer = MessageWriter.compile(method.getOutputType());
    if (!responseBody.isEmpty() && method.getOutputType().findFieldByName(responseBody) == null) {
      throw new IllegalArgumentException(
          method.getFullName() + ": response_body " + responseBody + " is no field");
    }
  }

  /** As in the proto: with its variables in braces. */
  String template() {
    return template;
  }

  String fullMethodName() {
    return method.getService().getFullName() + "/" + method.getName();
  }

  /**
   * Whether a path is this route's.
   *
   * @param raw its segments as they were sent
   */
  boolean matches(List<String> raw) throws MalformedTextException {
    if (raw.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < raw.size(); i++) {
      String segment = PercentText.path(raw.get(i));
      boolean fits =
          isVariable(segments.get(i)) ? !segment.isEmpty() : segment.equals(segments.get(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  Parameters.Request read(List<String> raw, String rawQuery) throws MalformedTextException {
    Map<String, String> pathValues = new LinkedHashMap<>();
    for (int i = 0; i < raw.size(); i++) {
      if (isVariable(segments.get(i))) {
        pathValues.put(name(segments.get(i)), PercentText.path(raw.get(i)));
      }
    }
    return parameters.read(rawQuery, pathValues);
  }

  void write(byte[] answer, JsonOutput out) {
    if (responseBody.isEmpty()) {
      writer.write(answer, out);
    } else {
      writer.writeField(responseBody, answer, out);
    }
  }

  private void requireField(String variable) {
    FieldDescriptor field = method.getInputType().findFieldByName(name(variable));
    if (field == null || field.isRepeated() || field.getType() != FieldDescriptor.Type.STRING) {
      throw new IllegalArgumentException(
          method.getFullName() + ": " + variable + " in its path (expected: a string field)");
    }
  }

  private void requireLiteral(String segment) {
    if (segment.isEmpty() || segment.contains("{") || segment.contains("*")) {
      throw new IllegalArgumentException(
          method.getFullName() + ": " + template + " (expected: words and bare {name}s)");
    }
  }

  private static Map<String, String> names(List<String> variables) {
    Map<String, String> names = new LinkedHashMap<>();
    variables.forEach(variable -> names.put(name(variable), variable));
    return names;
  }

  private static boolean isVariable(String segment) {
    return segment.matches("\\{[a-z_0-9]+}");
  }

  private static String name(String variable) {
    return variable.substring(1, variable.length() - 1);
  }
}
