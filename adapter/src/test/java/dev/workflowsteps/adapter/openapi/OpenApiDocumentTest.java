package dev.workflowsteps.adapter.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.adapter.http.StaticPage;
import dev.workflowsteps.contract.ErrorTable;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.ops.BuildInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed document, held against the one that the proto describes. */
class OpenApiDocumentTest {

  private static final Path FILE =
      Path.of("src/main/resources/dev/workflowsteps/adapter/openapi/openapi.json");

  private static final String VERSION = BuildInfo.current().version();
  private static final String STEPS = "/paths/~1v1~1workflows~1steps/get";
  private static final String STEP = "/paths/~1v1~1workflows~1steps~1{step_id}/get";

  private static final String COUNT = "/paths/~1v1~1workflows~1steps:count/get";

  private static final List<String> TEMPLATES =
      List.of(
          "/v1/workflows/steps",
          "/v1/workflows/steps/{step_id}",
          "/v1/workflows/steps:count",
          "/v1/workflows/artifacts",
          "/v1/workflows/artifacts/{artifact_id}");

  private static final List<ServiceDescriptor> SERVICES =
      Stream.of(StepsServiceProto.getDescriptor(), ArtifactsServiceProto.getDescriptor())
          .flatMap(file -> file.getServices().stream())
          .toList();
  private static final byte[] DOCUMENT = OpenApiDocument.of(SERVICES, VERSION);

  /**
   * The program serves this file and CI lints it. {@code -Dwfs.openapi.write=true} writes it anew.
   */
  @Test
  void committedFile_isWhatTheGeneratorMakes() throws IOException {
    if (Boolean.getBoolean("wfs.openapi.write")) {
      Files.write(FILE, DOCUMENT);
    }

    assertThat(new String(DOCUMENT, StandardCharsets.UTF_8).equals(Files.readString(FILE)))
        .withFailMessage(
            "%s differs from the document that the proto describes. Review the proto, then write the"
                + " file anew with -Dwfs.openapi.write=true (see adapter/README.md).",
            FILE)
        .isTrue();
  }

  @Test
  void document_madeAgain_isTheSame() {
    assertThat(OpenApiDocument.of(SERVICES, VERSION)).isEqualTo(DOCUMENT);
  }

  @Test
  void parameters_haveTheirWordsAndBounds() throws IOException {
    assertThat(at(STEPS + "/parameters/5/schema/items/enum"))
        .extracting(JsonNode::asText)
        .contains("completed", "waiting_for_human");
    assertThat(at(STEPS + "/parameters/8/schema").toString())
        .isEqualTo(
            "{\"type\":\"integer\",\"format\":\"int32\",\"minimum\":1,\"maximum\":1000,\"default\":20}");
    assertThat(at(STEPS + "/parameters/0/schema").toString())
        .isEqualTo(
            "{\"type\":\"string\",\"minLength\":1,\"maxLength\":256,\"examples\":[\"run_abc123xyz\"]}");
    assertThat(at(STEP + "/parameters/0/in").asText()).isEqualTo("path");
  }

  @Test
  void everyParameterAndPropertyOfAMessage_isDescribed() throws IOException {
    JsonNode document = at("");
    List<JsonNode> described =
        Stream.concat(
                document.findValues("parameters").stream().filter(JsonNode::isArray),
                document.at("/components/schemas").findValues("properties").stream())
            .flatMap(JsonNode::valueStream)
            .filter(value -> !value.has("$ref") && !value.has("properties"))
            .toList();

    assertThat(described)
        .hasSizeGreaterThan(60)
        .allSatisfy(value -> assertThat(value.path("description").asText()).isNotEmpty());
  }

  /** Who reads generated code sees the comments, and not the options. */
  @Test
  void wordsOfAnswers_standInTheCommentsToo() throws IOException {
    List<JsonNode> worded = at("/components/schemas").findParents("examples");

    assertThat(worded)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            value ->
                assertThat(value.get("examples"))
                    .allSatisfy(
                        word ->
                            assertThat(value.get("description").asText()).contains(word.asText())));
  }

  @Test
  @Rule("view")
  void keysThatAViewLeavesOut_areNotRequired_andSayWhenTheyAreAbsent() throws IOException {
    JsonNode step = at("/components/schemas/WorkflowStep");

    assertThat(step.get("required"))
        .extracting(JsonNode::asText)
        .contains("completed_at", "created_at")
        .doesNotContain("handle_outputs", "handle_inputs");
    for (String key : List.of("handle_outputs", "handle_inputs")) {
      assertThat(step.at("/properties/" + key + "/description").asText())
          .endsWith(" Absent with `view=basic`, and always present otherwise.");
    }
  }

  @Test
  void reasons_standAtTheRpcsThatAnswerThem() throws IOException {
    assertThat(reasons(STEP, 422)).contains("step_ambiguous").doesNotContain("cursor_not_found");
    assertThat(reasons(STEPS, 422)).contains("cursor_not_found").doesNotContain("step_ambiguous");
    assertThat(reasons(COUNT, 422))
        .contains("mutually_exclusive")
        .doesNotContain("cursor_not_found", "step_ambiguous");
    assertThat(reasons(STEP, 404)).containsExactly("step_not_found", "route_not_found");
    assertThat(at(STEPS + "/responses/499").isMissingNode()).isTrue();
    assertThat(at(STEPS + "/responses/503/headers/Retry-After").isMissingNode()).isFalse();
  }

  /** Also of those that seldom come, as 429 and 503. */
  @Test
  void everyError_isAsTheDocumentSays() throws IOException {
    Contract contract = new Contract(new String(DOCUMENT, StandardCharsets.UTF_8));
    Set<ErrorReason> told = EnumSet.noneOf(ErrorReason.class);
    for (ErrorReason reason : ErrorTable.reasons()) {
      ErrorResponse error = ErrorResponse.of(reason, ErrorTable.row(reason).getMeaning());
      for (String template : TEMPLATES) {
        if (contract.names(template, error.status().code(), ErrorTable.word(reason))) {
          contract.check(template, error.aggregated("req_1"));
          told.add(reason);
        }
      }
    }
    // Who is gone gets no answer.
    assertThat(ErrorTable.reasons())
        .filteredOn(reason -> !told.contains(reason))
        .containsExactly(ErrorReason.ERROR_REASON_CANCELLED);
  }

  @Test
  void pages_loadNothingFromElsewhere() {
    List<StaticPage> pages = DocsPages.all();

    assertThat(pages)
        .extracting(StaticPage::path)
        .containsExactly(
            "/openapi.json",
            "/docs",
            "/docs/docs.css",
            "/docs/start.js",
            "/docs/swagger-ui.css",
            "/docs/swagger-ui-bundle.js");
    assertThat(pages.get(1).policy()).contains("default-src 'none'", "script-src 'self';");
    assertThat(new String(pages.get(1).body().join(), StandardCharsets.UTF_8)).doesNotContain("//");
  }

  private static List<String> reasons(String operation, int status) throws IOException {
    JsonNode examples =
        at(operation + "/responses/" + status + "/content/application~1json/examples");
    return examples.propertyStream().map(Map.Entry::getKey).toList();
  }

  private static JsonNode at(String pointer) throws IOException {
    return new ObjectMapper().readTree(DOCUMENT).at(pointer);
  }
}
