package dev.workflowsteps.adapter.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.document.Documents;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers of the program, held against the document that it serves. */
class OpenApiIT {

  private static final String STEPS = "/v1/workflows/steps";
  private static final String STEP = STEPS + "/{step_id}";
  private static final String COUNT = STEPS + ":count";
  private static final String ARTIFACTS = "/v1/workflows/artifacts";
  private static final String ARTIFACT = ARTIFACTS + "/{artifact_id}";

  /** Over HTTP/2 a request line that is too long has no error of its own. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final List<String> RECORDS =
      List.of(
          "{\"operation\":\"extraction\",\"id\":\"ext_abc123\",\"run_id\":\"run_abc123xyz\","
              + "\"step_id\":\"extract-block-1\",\"created_at\":\"2026-03-12T09:00:00Z\","
              + "\"extracted\":{\"total_amount\":1234.50}}",
          "{\"operation\":\"split\",\"id\":\"spl_1\",\"run_id\":\"run_abc123xyz\","
              + "\"step_id\":\"nowhere\",\"created_at\":\"2026-03-12T09:00:00Z\",\"parts\":[1,2]}");

  private static Program program;
  private static String key;
  private static Contract contract;

  @BeforeAll
  static void start() throws Exception {
    program = Program.shared();
    key = program.command("keys create", "openapi", "--create-organization").strip();
    importInto("import", Documents.lines(Documents.SEED));
    importInto("import", Documents.lines(Documents.EVERY_KIND));
    importInto("import-artifacts", RECORDS);
    contract = new Contract(get("/openapi.json", null).body());
  }

  @Test
  void documentAndPage_needNoKey() throws Exception {
    HttpResponse<String> document = get("/openapi.json", null);
    HttpResponse<String> page = get("/docs", null);

    assertThat(document.statusCode()).isEqualTo(200);
    assertThat(document.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(document.headers().firstValue("x-request-id")).isPresent();
    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(get("/docs/swagger-ui-bundle.js", null).statusCode()).isEqualTo(200);
    assertThat(get("/docs/swagger-ui.css", null).statusCode()).isEqualTo(200);
    assertThat(get("/docs/start.js", null).statusCode()).isEqualTo(200);
  }

  @Test
  void lists_areAsTheDocumentSays() throws Exception {
    checked(200, STEPS, "?limit=1000");
    checked(200, STEPS, "?run_id=run_abc123xyz");
    checked(200, STEPS, "?status=error&limit=1");
    checked(200, STEPS, "?run_id=nothing");
    checked(200, COUNT, "");
    checked(200, COUNT, "?run_id=run_abc123xyz&status=completed");
    checked(200, COUNT, "?run_id=nothing");
    checked(200, STEPS, "?view=basic");
    HttpResponse<String> artifacts = checked(200, ARTIFACTS, "?run_id=run_abc123xyz");
    assertThat(artifacts.body()).contains(RECORDS.get(0), RECORDS.get(1));
  }

  @Test
  void singleOnes_areAsTheDocumentSays() throws Exception {
    checked(200, STEP, "/extract-block-1?run_id=run_abc123xyz");
    checked(200, STEP, "/extract-block-1?run_id=run_abc123xyz&view=basic");
    checked(200, ARTIFACT, "/ext_abc123");
  }

  @Test
  @Rule("http-etag")
  void responsesToCallersWhoHaveTheBody_areAsTheDocumentSays() throws Exception {
    for (String template : List.of(STEPS, STEP, ARTIFACTS, ARTIFACT)) {
      String path =
          template.replace("{step_id}", "extract-block-1").replace("{artifact_id}", "ext_abc123")
              + (template.equals(ARTIFACT) ? "" : "?run_id=run_abc123xyz");
      String tag = get(path, key).headers().firstValue("etag").orElseThrow();

      contract.check(template, answered(304, send(request("GET", path, key, tag))));
      answered(304, send(request("HEAD", path, key, tag)));
      answered(200, send(request("GET", path, key, "\"x\"")));
      contract.check(template, answered(401, send(request("GET", path, "wfs_wrong", tag))));
    }
    HttpResponse<String> document = send(request("GET", "/openapi.json", key, "*"));
    assertThat(answered(200, document).headers().firstValue("etag")).isEmpty();
  }

  @Test
  void errors_areAsTheDocumentSays() throws Exception {
    for (String template : List.of(STEPS, STEP, COUNT, ARTIFACTS, ARTIFACT)) {
      String path = template.replaceAll("\\{.*}", "nothing");
      contract.check(template, answered(401, get(path, "wfs_wrong")));
      contract.check(template, answered(400, get(path + "?run_id=%ff", key)));
      contract.check(template, answered(405, send("POST", path, key, "")));
      contract.check(template, answered(413, send("GET", path, key, "a".repeat(20_000))));
      contract.check(template, answered(422, get(path + "?limits=1", key)));
      contract.check(template, answered(422, get(path + "?a=1&b=" + "2&c=".repeat(20), key)));
      contract.check(template, answered(414, get(path + "?a=" + "a".repeat(40_000), key)));
    }
    contract.check(STEPS, answered(404, get(STEPS + "/", key)));
    checked(404, STEP, "/nothing");
    checked(404, ARTIFACT, "/nothing");
    checked(400, ARTIFACTS, "");
    checked(422, STEPS, "?status=complete&limit=0&after=");
    checked(422, STEPS, "?after=nothing");
    checked(422, STEPS, "?after=a&before=b");
    checked(422, STEPS, "?limit=1&limit=2");
  }

  /** A word or a bound that the server doesn't know, or knows otherwise, shows here. */
  @Test
  void parameters_takeWhatTheDocumentSays_andNoMore() throws Exception {
    for (String template : List.of(STEPS, COUNT, ARTIFACTS)) {
      // With a filter of its own, which this list needs, unless it is what is tried.
      String needed = template.equals(ARTIFACTS) ? "&step_id=nothing" : "";
      for (JsonNode parameter : contract.operation(template).path("parameters")) {
        String name = parameter.path("name").asText();
        JsonNode schema = parameter.path("schema");
        String path = template + "?" + (name.equals("step_id") ? "" : needed) + "&" + name + "=";
        for (JsonNode word :
            schema.findValues("enum").stream().flatMap(JsonNode::valueStream).toList()) {
          assertThat(get(path + word.asText(), key).statusCode()).as(word.asText()).isEqualTo(200);
        }
        if (schema.has("maximum")) {
          int most = schema.get("maximum").asInt();
          int least = schema.get("minimum").asInt();
          assertThat(get(path + most, key).statusCode()).isEqualTo(200);
          assertThat(get(path + least, key).statusCode()).isEqualTo(200);
          assertThat(get(path + (most + 1), key).statusCode()).isEqualTo(422);
          assertThat(get(path + (least - 1), key).statusCode()).isEqualTo(422);
        }
        if (schema.has("maxLength")) {
          int most = schema.get("maxLength").asInt();
          String tooLong = get(path + "a".repeat(most + 1), key).body();
          assertThat(tooLong).contains("at most " + most + " bytes");
          assertThat(get(path + "a".repeat(most), key).body()).doesNotContain("bytes");
          assertThat(get(path, key).statusCode()).isEqualTo(422);
        }
      }
    }
  }

  private static HttpResponse<String> checked(int status, String template, String rest)
      throws Exception {
    HttpResponse<String> answer = get(template.replaceAll("/\\{.*}", "") + rest, key);
    contract.check(template, answered(status, answer));
    return answer;
  }

  private static HttpResponse<String> answered(int status, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isEqualTo(status);
    return answer;
  }

  private static void importInto(String command, List<String> lines) throws Exception {
    Path file = program.dataDir().resolve("openapi-" + command + ".ndjson");
    Files.write(file, lines);
    program.command(command, "openapi", file.toString());
  }

  private static HttpResponse<String> get(String path, String apiKey) throws Exception {
    return send("GET", path, apiKey, "");
  }

  private static HttpRequest request(String method, String path, String apiKey, String tag) {
    return HttpRequest.newBuilder(URI.create(program.restUrl() + path))
        .header("Api-Key", apiKey)
        .header("If-None-Match", tag)
        .method(method, BodyPublishers.noBody())
        .build();
  }

  private static HttpResponse<String> send(String method, String path, String apiKey, String body)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(program.restUrl() + path));
    if (apiKey != null) {
      request.header("Api-Key", apiKey);
    }
    request.method(
        method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return send(request.build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HTTP.send(request, BodyHandlers.ofString());
  }
}
