package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.AnnotationsProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Generates the OpenAPI 3.1 document of the REST routes. */
final class OpenApiDocument {

  private static final String ABOUT =
      """
      The steps of workflow runs: which there are, in which state, with which inputs and outputs.

      The key decides the organization whose data these are. What is not understood is refused, and all that is wrong \
      with a request is told at once. Where a path takes `GET`, it takes `HEAD` and `OPTIONS` too.

      What a description calls absent has the value null if its key is a required one, and no key otherwise. Answers \
      may get new keys and new words with time: ignore those that you don't know. Payloads are answered byte \
      for byte as they were written.""";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Comments comments;
  private final Schemas schemas;
  private final Errors errors;
  private final Examples examples = new Examples();

  /**
   * The document, always the same for the same services and version.
   *
   * @param services whose methods are routes if {@code google.api.http} says so
   * @return JSON in UTF-8
   * @throws IllegalArgumentException if something of them has no form in JSON
   */
  static byte[] of(List<ServiceDescriptor> services, String version) {
    return bytes(new OpenApiDocument(Comments.load()).document(services, version));
  }

  private OpenApiDocument(Comments comments) {
    this.comments = comments;
    this.schemas = new Schemas(comments);
    this.errors = new Errors(schemas);
  }

  private ObjectNode document(List<ServiceDescriptor> services, String version) {
    ObjectNode document = JSON.createObjectNode().put("openapi", "3.1.1");
    ObjectNode info = document.putObject("info");
    info.put("title", "workflow-steps").put("version", version).put("description", ABOUT);
    info.putObject("license").put("name", "Apache 2.0").put("identifier", "Apache-2.0");
    document.putArray("servers").addObject().put("url", "/");
    ArrayNode security = document.putArray("security");
    security.addObject().putArray("apiKey");
    security.addObject().putArray("bearer");
    ArrayNode tags = document.putArray("tags");
    ObjectNode paths = document.putObject("paths");
    for (ServiceDescriptor service : services) {
      schemas.describe(tags.addObject().put("name", service.getName()), service, "");
      service.getMethods().stream()
          .filter(method -> !path(method).isEmpty())
          .forEach(method -> paths.putObject(path(method)).set("get", operation(method)));
    }
    errors.addSchemas();
    addComponents(document.putObject("components"));
    return document;
  }

  private void addComponents(ObjectNode components) {
    ObjectNode schemes = components.putObject("securitySchemes");
    schemes
        .putObject("apiKey")
        .put("type", "apiKey")
        .put("in", "header")
        .put("name", "Api-Key")
        .put("description", "`Api-Key: KEY`.");
    schemes
        .putObject("bearer")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "The same key, as `Authorization: Bearer KEY`.");
    Headers.define(components);
    schemas.writeTo(components);
  }

  private ObjectNode operation(MethodDescriptor method) {
    ObjectNode operation = JSON.createObjectNode();
    operation.putArray("tags").add(method.getService().getName());
    addTexts(operation, method);
    operation.put("operationId", method.getName());
    ArrayNode parameters = operation.putArray("parameters");
    method.getInputType().getFields().stream()
        .sorted()
        .forEach(field -> parameters.add(parameter(field, path(method))));
    Headers.refer(parameters);
    ObjectNode responses = operation.putObject("responses");
    responses.set("200", answer(method));
    ObjectNode notModified = responses.putObject("304");
    notModified.put(
        "description",
        "Nothing has changed: `If-None-Match` names the `ETag` of the current body.");
    Headers.refer(notModified);
    errors.respond(method, responses);
    return operation;
  }

  /** The first sentence is the title. */
  private void addTexts(ObjectNode operation, MethodDescriptor method) {
    String[] sentences = comments.of(method).split("\\.(\\s+|$)", 2);
    operation.put("summary", sentences[0]);
    if (sentences.length > 1 && !sentences[1].isEmpty()) {
      operation.put("description", sentences[1]);
    }
  }

  private ObjectNode parameter(FieldDescriptor field, String path) {
    boolean inPath = path.contains("{" + field.getName() + "}");
    Values values = Values.of(field);
    ObjectNode parameter = JSON.createObjectNode().put("name", field.getName());
    parameter.put("in", inPath ? "path" : "query");
    schemas.describe(parameter, field, values.sentence());
    parameter.put("required", inPath || Schemas.isRequired(field));
    ObjectNode schema = schemas.value(field);
    if (field.isRepeated()) {
      schema = JSON.createObjectNode().put("type", "array").set("items", schema);
    }
    values.bind(schema);
    parameter.set("schema", schema);
    examples.parameter(field).ifPresent(value -> addExample(parameter, value, path.contains("{")));
    return parameter;
  }

  /**
   * Pages that show the document fill in a parameter's example, but not its schema's.
   *
   * @param filledIn for a request for one thing, which needs the values; a list would be filtered
   */
  private static void addExample(ObjectNode parameter, JsonNode value, boolean filledIn) {
    if (filledIn) {
      parameter.set("example", value);
    } else {
      ObjectNode schema = (ObjectNode) parameter.get("schema");
      ObjectNode element = schema.has("items") ? (ObjectNode) schema.get("items") : schema;
      element.putArray("examples").add(value);
    }
  }

  private ObjectNode answer(MethodDescriptor method) {
    String body = method.getOptions().getExtension(AnnotationsProto.http).getResponseBody();
    ObjectNode response = JSON.createObjectNode();
    schemas.describe(response, method.getOutputType(), "");
    Headers.refer(response);
    Descriptor type =
        body.isEmpty()
            ? method.getOutputType()
            : method.getOutputType().findFieldByName(body).getMessageType();
    ObjectNode json = response.putObject("content").putObject("application/json");
    json.set("schema", schemas.of(type));
    examples.answer(type).ifPresent(answer -> json.set("example", answer));
    return response;
  }

  /** Empty if it is no route. */
  private static String path(MethodDescriptor method) {
    return method.getOptions().getExtension(AnnotationsProto.http).getGet();
  }

  private static byte[] bytes(ObjectNode document) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER))
            .withObjectIndenter(lines);
    try {
      String text = JSON.writer(printer).writeValueAsString(document);
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON that can't be written", e);
    }
  }
}
