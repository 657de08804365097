package dev.workflowsteps.adapter.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A served document, and answers held against it. Its schemas are read more strictly than a caller
 * may: a key that they don't name is a mistake.
 */
final class Contract {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);
  private static final SchemaValidatorsConfig CONFIG =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private final JsonNode document;
  private final JsonNode components;

  Contract(String document) throws IOException {
    this.document = JSON.readTree(document);
    this.components = this.document.get("components").deepCopy();
    close(components);
  }

  /** What the document says of {@code GET} of a path. */
  JsonNode operation(String template) {
    JsonNode operation = document.path("paths").path(template).path("get");
    assertThat(operation.isObject()).as(template).isTrue();
    return operation;
  }

  /** Whether an error is among those that the document says of {@code GET} of a path. */
  boolean names(String template, int status, String reason) {
    return operation(template)
        .path("responses")
        .path(Integer.toString(status))
        .at("/content/application~1json/examples")
        .has(reason);
  }

  /** Holds an answer against the response of its status: body, reason, type and headers. */
  void check(String template, HttpResponse<String> answer) throws IOException {
    check(template, answer.statusCode(), answer.headers()::firstValue, answer.body());
  }

  /** As {@link #check(String, HttpResponse)}, before it is sent. */
  void check(String template, AggregatedHttpResponse answer) throws IOException {
    check(
        template,
        answer.status().code(),
        name -> Optional.ofNullable(answer.headers().get(name)),
        answer.contentUtf8());
  }

  private void check(
      String template, int code, Function<String, Optional<String>> header, String text)
      throws IOException {
    String status = Integer.toString(code);
    JsonNode response = operation(template).path("responses").path(status);
    assertThat(response.isObject()).as(template + " " + status).isTrue();
    for (Map.Entry<String, JsonNode> named : response.path("headers").properties()) {
      JsonNode definition = components.path("headers").path(named.getKey());
      assertThat(definition.isObject()).as(named.getKey()).isTrue();
      if (definition.path("required").asBoolean()) {
        assertThat(header.apply(named.getKey())).as(named.getKey()).isPresent();
      }
    }
    String type = header.apply("content-type").orElse("");
    if (!response.has("content")) {
      assertThat(type + text).as(status).isEmpty();
      return;
    }
    JsonNode content = response.path("content").path(type);
    assertThat(content.isObject()).as(type).isTrue();
    JsonNode body = JSON.readTree(text);
    assertThat(schema(content.get("schema")).validate(body)).as(text).isEmpty();
    if (code >= 400) {
      assertThat(content.path("examples").has(body.at("/detail/code").asText())).as(text).isTrue();
    }
  }

  private JsonSchema schema(JsonNode schema) {
    ObjectNode root = JSON.createObjectNode();
    root.setAll((ObjectNode) schema);
    root.set("components", components);
    return FACTORY.getSchema(root, CONFIG);
  }

  private static void close(JsonNode node) {
    node.forEach(Contract::close);
    if (node.path("properties").isObject() && !node.has("additionalProperties")) {
      ((ObjectNode) node).put("additionalProperties", false);
    }
  }
}
