package dev.workflowsteps.adapter.exact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real steps in basic view, over both transports: each as in full view, byte for byte, without what
 * the view leaves out. {@code -Dwfs.test.file=FILE} takes another large file.
 */
class BasicViewIT {

  private static final int SINGLE_STEPS = 200;

  private static Program program;
  private static String key;
  private static RestClient rest;
  private static ManagedChannel channel;
  private static WorkflowStepsServiceBlockingStub grpc;

  @BeforeAll
  static void start() throws Exception {
    program = Program.shared();
    key = ImportedFiles.large().key();
    rest = new RestClient(program.restUrl(), key);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", program.grpcPort()).usePlaintext().build();
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    grpc =
        WorkflowStepsServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @AfterAll
  static void stop() {
    rest.close();
    channel.shutdownNow();
  }

  @Test
  @Rule({"view", "step-shape"})
  void rest_walkedInEitherViewOrBothByTurns_hasTheSameRows() throws IOException {
    List<String> full = restWalk(1_000, "full");
    List<String> basic = new ArrayList<>();
    for (String step : full) {
      basic.add(withoutHandles(step));
    }

    assertThat(full).hasSizeGreaterThan(10_000);
    assertThat(restWalk(1_000, "basic").equals(basic)).isTrue();
    List<String> byTurns = restWalk(77, "basic", "full");
    assertThat(byTurns).hasSameSizeAs(full);
    for (int i = 0; i < byTurns.size(); i++) {
      assertThat(byTurns.get(i).equals((i / 77 % 2 == 0 ? basic : full).get(i)))
          .as("row %d", i)
          .isTrue();
    }
  }

  @Test
  @Rule("view")
  void grpc_walkedInEitherViewOrBothByTurns_hasTheSameRows() {
    List<WorkflowStep> full = grpcWalk(1_000, "full");
    List<WorkflowStep> basic = full.stream().map(BasicViewIT::withoutHandles).toList();

    assertThat(full).hasSizeGreaterThan(10_000);
    assertThat(grpcWalk(1_000, "basic").equals(basic)).isTrue();
    assertThat(
            grpcWalk(77, "full", "basic").stream()
                .map(BasicViewIT::withoutHandles)
                .toList()
                .equals(basic))
        .isTrue();
  }

  @Test
  @Rule({"view", "get-whole"})
  void singleSteps_areAsInTheList() throws Exception {
    Answer page = rest.list(question(SINGLE_STEPS, "basic"));
    for (Row row : page.rows()) {
      String path =
          program.restUrl()
              + "/v1/workflows/steps/"
              + URLEncoder.encode(row.stepId(), UTF_8).replace("+", "%20")
              + "?view=basic&run_id="
              + URLEncoder.encode(row.runId(), UTF_8);
      GetWorkflowStepRequest request =
          GetWorkflowStepRequest.newBuilder().setStepId(row.stepId()).setRunId(row.runId()).build();

      assertThat(RestClient.get(path, "Api-Key", key).body()).isEqualTo(row.json());
      assertThat(grpc.getWorkflowStep(request.toBuilder().setView("basic").build()).getStep())
          .isEqualTo(withoutHandles(grpc.getWorkflowStep(request).getStep()));
    }
    assertThat(page.rows()).hasSize(SINGLE_STEPS);
  }

  /** What the steps of all pages say, the pages in these views by turns. */
  private static List<String> restWalk(int limit, String... views) throws IOException {
    List<String> steps = new ArrayList<>();
    String after = null;
    for (int page = 0; page == 0 || after != null; page++) {
      Question question = question(limit, views[page % views.length]);
      Answer answer = rest.list(after == null ? question : question.after(after));
      answer.rows().forEach(row -> steps.add(row.json()));
      after = answer.after();
    }
    return steps;
  }

  private static List<WorkflowStep> grpcWalk(int limit, String... views) {
    List<WorkflowStep> steps = new ArrayList<>();
    ListWorkflowStepsRequest request =
        ListWorkflowStepsRequest.newBuilder().setLimit(limit).build();
    boolean more = true;
    for (int page = 0; more; page++) {
      ListWorkflowStepsResponse answer =
          grpc.listWorkflowSteps(request.toBuilder().setView(views[page % views.length]).build());
      steps.addAll(answer.getDataList());
      more = answer.getListMetadata().hasAfter();
      request = request.toBuilder().setAfter(answer.getListMetadata().getAfter()).build();
    }
    return steps;
  }

  private static Question question(int limit, String view) {
    return new Question(Kind.LIST_STEPS, Map.of("view", view), Map.of(), false, limit);
  }

  private static WorkflowStep withoutHandles(WorkflowStep step) {
    return step.toBuilder().clearHandleOutputs().clearHandleInputs().build();
  }

  /** Cut out between the two keys, with what stands there. */
  private static String withoutHandles(String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    try (JsonParser parser = new JsonFactory().createParser(bytes)) {
      int from = -1;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        int at = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentName().equals("handle_outputs")) {
          from = at;
        } else if (parser.currentName().equals("created_at")) {
          return new String(bytes, 0, from, UTF_8)
              + new String(bytes, at, bytes.length - at, UTF_8);
        }
        parser.nextToken();
        parser.skipChildren();
      }
    }
    throw new AssertionError(json);
  }
}
