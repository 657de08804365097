package dev.workflowsteps.adapter.exact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real steps, imported and counted over both transports: the counts are those of a plain scan of
 * the file. {@code -Dwfs.test.seed=N} asks the same random questions again.
 */
class CountsIT {

  private static final int QUESTIONS = 1_000;
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static Program program;
  private static String key;
  private static List<Row> steps;
  private static ManagedChannel channel;
  private static WorkflowStepsServiceBlockingStub grpc;

  private final Random random = new Random(SEED);

  /**
   * What is asked, and which steps it keeps.
   *
   * @param parameters by name; a list's values are joined by commas
   */
  private record Asked(Map<String, String> parameters, Predicate<Row> keeps) {}

  @BeforeAll
  static void importSteps() throws Exception {
    program = Program.shared();
    program.command("import", "counted", "--create-organization", StepsFile.MIXED.toString());
    key = program.command("keys create", "counted").strip();
    steps = StepsFile.steps(StepsFile.MIXED);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", program.grpcPort()).usePlaintext().build();
    Metadata headers = new Metadata();
    headers.put(CallHeaders.API_KEY, key);
    grpc =
        WorkflowStepsServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @AfterAll
  static void close() {
    channel.shutdownNow();
  }

  @Test
  @Rule("counts")
  void counts_areThoseOfTheFile_overBothTransports() throws Exception {
    System.out.println("random counts: -Dwfs.test.seed=" + SEED);
    check(new Asked(Map.of(), row -> true));
    for (int i = 0; i < QUESTIONS; i++) {
      check(asked());
    }
  }

  private static void check(Asked asked) throws Exception {
    String expected = expected(asked.keeps());
    CountWorkflowStepsResponse.Builder answered =
        grpc.countWorkflowSteps(request(asked.parameters())).toBuilder();
    String query =
        asked.parameters().entrySet().stream()
            .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer =
        RestClient.get(program.restUrl() + "/v1/workflows/steps:count?" + query, "Api-Key", key);

    assertThat(answer.body()).as("%s", asked.parameters()).isEqualTo(expected);
    // As gRPC's own library writes it, each key included.
    assertThat(
            JsonFormat.printer()
                .alwaysPrintFieldsWithNoPresence()
                .omittingInsignificantWhitespace()
                .print(answered))
        .as("%s", asked.parameters())
        .isEqualTo(expected);
  }

  private static String expected(Predicate<Row> keeps) {
    List<String> data = new ArrayList<>();
    int total = 0;
    for (String status : Words.STATUS.all()) {
      int count =
          (int)
              steps.stream()
                  .filter(keeps)
                  .filter(row -> status.equals(row.field("status")))
                  .count();
      total += count;
      if (count > 0) {
        data.add("{\"status\":\"%s\",\"count\":%d,\"exact\":true}".formatted(status, count));
      }
    }
    return "{\"data\":[%s],\"total\":{\"count\":%d,\"exact\":true}}"
        .formatted(String.join(",", data), total);
  }

  private static CountWorkflowStepsRequest request(Map<String, String> parameters) {
    CountWorkflowStepsRequest.Builder request = CountWorkflowStepsRequest.newBuilder();
    parameters.forEach(
        (name, value) -> {
          var field = CountWorkflowStepsRequest.getDescriptor().findFieldByName(name);
          if (field.isRepeated()) {
            for (String element : value.split(",")) {
              request.addRepeatedField(field, element);
            }
          } else {
            request.setField(field, value);
          }
        });
    return request.build();
  }

  /** Of values that the file has, and now and then of one that it has not. */
  private Asked asked() {
    Map<String, String> parameters = new LinkedHashMap<>();
    List<Predicate<Row>> conditions = new ArrayList<>();
    for (String id : List.of("run_id", "workflow_id", "block_id", "step_id")) {
      if (random.nextInt(4) == 0) {
        String value = random.nextInt(10) == 0 ? "absent" : valueOf(id, "absent");
        parameters.put(id, value);
        conditions.add(row -> value.equals(row.field(id)));
      }
    }
    if (random.nextInt(3) == 0) {
      List<String> types = List.of(valueOf("block_type", "hil"), valueOf("block_type", "hil"));
      parameters.put("block_type", String.join(",", types));
      conditions.add(row -> types.contains(row.field("block_type")));
    }
    if (random.nextBoolean()) {
      boolean excluded = random.nextBoolean();
      List<String> statuses = List.of(valueOf("status", "queued"), valueOf("status", "queued"));
      parameters.put(excluded ? "exclude_status" : "status", String.join(",", statuses));
      conditions.add(row -> statuses.contains(row.field("status")) != excluded);
    }
    if (random.nextInt(3) == 0) {
      bound(parameters, conditions);
    }
    return new Asked(
        parameters, row -> conditions.stream().allMatch(condition -> condition.test(row)));
  }

  private void bound(Map<String, String> parameters, List<Predicate<Row>> conditions) {
    Instant from = Instant.parse(valueOf("started_at", "2020-01-01T00:00:00Z"));
    Instant to = from.plus(random.nextInt(1_000_000) + 1, ChronoUnit.SECONDS);
    conditions.add(row -> row.field("started_at") != null);
    if (random.nextBoolean()) {
      parameters.put("from_date", from.toString());
      conditions.add(row -> !Instant.parse(row.field("started_at")).isBefore(from));
    } else {
      parameters.put("to_date", to.toString());
      conditions.add(row -> Instant.parse(row.field("started_at")).isBefore(to));
    }
  }

  private String valueOf(String field, String otherwise) {
    String value = steps.get(random.nextInt(steps.size())).field(field);
    return value == null ? otherwise : value;
  }
}
