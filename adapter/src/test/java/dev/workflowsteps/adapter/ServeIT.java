package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.adapter.client.Walk;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.document.Documents;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole program over real sockets: a file's documents in, pages out. */
class ServeIT {

  private static final String LIST = "/v1/workflows/steps";
  private static final String SEED_RUN = LIST + "?run_id=run_abc123xyz";

  private static Path dataDir;
  private static Program program;
  private static String key;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
    dataDir = program.dataDir();
    key = program.demoKey();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", program.grpcPort()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
  }

  @Test
  void firstScreen_isFiveCalmLines() {
    assertThat(program.firstScreen())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("workflow-steps 0.1.0, Java "),
            line ->
                assertThat(line).startsWith("database  PostgreSQL 18.6 embedded, ").contains("new"),
            line -> assertThat(line).isEqualTo("data      organization demo: 64 steps, 8 runs"),
            line -> assertThat(line).startsWith("ready     REST 127.0.0.1:"),
            line -> assertThat(line).startsWith("try       curl -H \"Api-Key: $(cat "));
  }

  @Test
  @Rule("step-shape")
  void seedRun_overRest_isThePagesExample() throws Exception {
    HttpResponse<String> answer = get(SEED_RUN, key);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"data\":["
                + String.join(",", Documents.lines(Documents.SEED))
                + "],\"list_metadata\":{\"before\":null,\"after\":null}}");
  }

  @Test
  void artifactsOfTheSeedRun_areListed() throws Exception {
    assertThat(get("/v1/workflows/artifacts?run_id=run_abc123xyz", key).body())
        .contains("\"id\":\"ext_abc123\"", "\"total_amount\":1234.56", "\"id\":\"spl_def456\"")
        .endsWith("\"list_metadata\":{\"before\":null,\"after\":null}}");
  }

  @Test
  @Rule("bit-exact")
  void seedRun_overGrpc_hasTheFilesPayloadBytes() throws Exception {
    ListWorkflowStepsResponse page =
        grpc(key)
            .listWorkflowSteps(
                ListWorkflowStepsRequest.newBuilder().setRunId("run_abc123xyz").build());

    ByteString payload = page.getData(0).getHandleOutputsOrThrow("output-json-0").getData();
    assertThat(payload.toStringUtf8())
        .isEqualTo("{\"invoice_number\":\"INV-2024-001\",\"total_amount\":1234.56}");
    assertThat(Documents.lines(Documents.SEED).get(0)).contains(payload.toStringUtf8());
    assertThat(page.getDataCount()).isEqualTo(2);
    assertThat(page.getListMetadata().hasBefore()).isFalse();
    assertThat(page.getListMetadata().hasAfter()).isFalse();
  }

  @Test
  @Rule("order")
  void walk_bothOrdersAndDirections_givesEveryRowOnce() throws Exception {
    try (RestClient rest = new RestClient(program.restUrl(), key)) {
      List<Row> all = rest.walk(Question.allSteps(false, 1_000));
      List<Row> reversed = new ArrayList<>(all);
      Collections.reverse(reversed);

      assertThat(all).hasSize(64).isSorted();
      Walk walk = new Walk(rest, Row::isSameAs);
      walk.bothWays(Question.allSteps(false, 7), all);
      walk.bothWays(Question.allSteps(true, 7), reversed);
    }
  }

  @Test
  @Rule({"key-decides", "foreign"})
  void otherOrganization_withTheSameFile_seesItsOwnRowsOnly() throws Exception {
    Path file = dataDir.resolve("seed.ndjson");
    Files.write(file, Documents.lines(Documents.SEED));
    String other = program.command("keys create", "other", "--create-organization").strip();
    assertThat(steps(other)).isEmpty();
    assertThat(get(LIST + "/extract-block-1?run_id=run_abc123xyz", other).body())
        .isEqualTo(get(LIST + "/nothing?run_id=run_abc123xyz", other).body());

    String counts = program.command("import", "other", file.toString());

    assertThat(counts).startsWith("new 2, ");
    assertThat(steps(other)).hasSize(2);
    assertThat(steps(key)).hasSize(64);
  }

  @Test
  @Rule({"key-first", "key-one-answer"})
  void wrongKey_is401_withoutAWordAboutParameters() throws Exception {
    HttpResponse<String> answer = get(LIST + "?limit=0&foo=bar", "wfs_wrong");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(answer.body()).contains("\"unauthenticated\"").doesNotContain("limit", "foo");
    assertThatThrownBy(
            () ->
                grpc("wfs_wrong").listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              assertThat(requestId(e)).startsWith("req_");
            });
  }

  @Test
  @Rule({"all-at-once", "suggestions"})
  void wrongParameters_areToldAllAtOnce() throws Exception {
    HttpResponse<String> answer =
        get(LIST + "?limit=0&block_types=a&status=foo&after=a&before=b", key);

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body())
        .startsWith("{\"detail\":{\"code\":\"invalid_request\",")
        .contains(
            "{\"field\":\"block_types\",\"value\":null,\"reason\":\"unknown_parameter\","
                + "\"suggestion\":\"block_type\"}",
            "{\"field\":\"limit\",\"value\":\"0\",\"reason\":\"invalid_value\","
                + "\"allowed\":[\"1..1000\"]}",
            "\"field\":\"status\",\"value\":\"foo\"",
            "\"reason\":\"mutually_exclusive\"");
  }

  @Test
  @Rule("filters")
  void filters_holdTogether() throws Exception {
    assertThat(get(LIST + "?status=error&limit=1000", key).body())
        .contains("\"status\":\"error\"")
        .doesNotContain("\"status\":\"completed\"");
    assertThat(get(SEED_RUN + "&status=queued", key).body()).startsWith("{\"data\":[],");
    assertThat(get(LIST + "?status=running", "wfs_wrong").statusCode()).isEqualTo(401);
  }

  @Test
  void adminPort_isReadyAndMeasures() throws Exception {
    get(SEED_RUN, key);

    assertThat(RestClient.get(program.adminUrl() + "/readyz").body()).contains("database ok");
    assertThat(RestClient.get(program.adminUrl() + "/metrics").body())
        .contains(
            "workflow_steps_ready 1",
            "workflow_steps_check_passed{check=\"database\"} 1",
            "workflow_steps_http_requests_seconds_count{method=\"GET\",route=\"" + LIST,
            "route=\"" + LIST + "\",status=\"504\"} 0",
            "workflow_steps_disk_free_bytes",
            "workflow_steps_rpc_seconds_count{code=\"OK\"",
            "workflow_steps_page_rows",
            "hikaricp_connections");
  }

  @Test
  void otherServeOnTheDirectory_exits4_namingTheFirst() throws Exception {
    List<String> said = new ArrayList<>();
    int exit =
        Program.fail(
            said,
            "serve",
            "--demo",
            "--data-dir=" + dataDir,
            "--rest-port=0",
            "--grpc-port=0",
            "--admin-port=0");

    assertThat(exit).isEqualTo(4);
    assertThat(said.get(0)).contains("serve").contains(Long.toString(program.pid()));
    assertThat(said.get(0).lines()).hasSize(1);
  }

  @Test
  void takenPort_exits3_namingItsFlag_andTouchesNoData() throws Exception {
    Path untouched = dataDir.resolve("untouched");
    String port = program.restUrl().replaceAll(".*:", "");
    List<String> said = new ArrayList<>();
    for (String flag : List.of("--rest-port", "--grpc-port", "--admin-port")) {
      List<String> command = new ArrayList<>(List.of("serve", "--data-dir=" + untouched));
      for (String other : List.of("--rest-port", "--grpc-port", "--admin-port")) {
        command.add(other + "=" + (other.equals(flag) ? port : "0"));
      }
      assertThat(Program.fail(said, command.toArray(new String[0]))).isEqualTo(3);
      assertThat(said.get(said.size() - 1)).contains(flag, port);
    }
    assertThat(untouched).doesNotExist();
  }

  private static HttpResponse<String> get(String path, String apiKey) throws Exception {
    return RestClient.get(program.restUrl() + path, "Api-Key", apiKey);
  }

  private static List<Row> steps(String apiKey) throws IOException {
    try (RestClient rest = new RestClient(program.restUrl(), apiKey)) {
      return rest.list(Question.allSteps(false, 1_000)).rows();
    }
  }

  private static WorkflowStepsServiceBlockingStub grpc(String apiKey) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), apiKey);
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String requestId(StatusRuntimeException e) {
    return e.getTrailers().get(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER));
  }
}
