package dev.workflowsteps.adapter.exact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.DataDirs;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.server.Rule;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Many steps with 100 KB of payload each, walked in the largest pages there are: by a gRPC client
 * with default limits, and by eight REST clients at once, from a server with a small heap. {@code
 * -Dwfs.test.exhaustive=true} takes a thousand.
 */
class LargePagesIT {

  private static final int STEPS = Boolean.getBoolean("wfs.test.exhaustive") ? 1_000 : 300;
  private static final int PAYLOAD_BYTES = 100_000;
  private static final int WALKS = 8;
  private static final int HEAP_MEGABYTES = 256;
  private static final int MOST_PAGE_BYTES = 4 << 20;
  private static Path dataDir;
  private static Program program;
  private static String key;

  @BeforeAll
  static void importSteps() throws Exception {
    dataDir = DataDirs.create();
    program = Program.serveWithin(HEAP_MEGABYTES, dataDir);
    Path file = dataDir.resolve("large.ndjson");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < STEPS; i++) {
        out.write(line(i));
        out.write('\n');
      }
    }
    assertThat(program.command("import", "large", "--create-organization", file.toString()))
        .startsWith("new " + STEPS + ", ");
    key = program.command("keys create", "large").strip();
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    program.close();
    DataDirs.delete(dataDir);
  }

  @Test
  void grpcClientWithDefaultLimits_walksThemAll() throws IOException {
    try (Client grpc = new GrpcClient(program.grpcPort(), key)) {
      assertThat(walk(grpc)).isEqualTo(STEPS);
    }
  }

  @Test
  @Rule({"view", "budget"})
  void basicView_holdsThemAllInOnePage() throws IOException {
    Question basic = new Question(Kind.LIST_STEPS, Map.of("view", "basic"), Map.of(), false, STEPS);
    for (Client client :
        List.of(new RestClient(program.restUrl(), key), new GrpcClient(program.grpcPort(), key))) {
      try (client) {
        Answer page = client.list(basic);

        assertThat(page.rows()).hasSize(STEPS).allMatch(row -> row.payloads().isEmpty());
        assertThat(page.after()).isNull();
      }
    }
  }

  @Test
  void eightRestClientsAtOnce_walkThemAll_inASmallHeap() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(WALKS);
    try {
      List<Future<Integer>> walks = new ArrayList<>();
      for (int i = 0; i < WALKS; i++) {
        walks.add(
            clients.submit(
                () -> {
                  try (Client rest = new RestClient(program.restUrl(), key)) {
                    return walk(rest);
                  }
                }));
      }
      for (Future<Integer> walk : walks) {
        assertThat(walk.get()).isEqualTo(STEPS);
      }
    } finally {
      clients.shutdownNow();
    }
  }

  /** How many steps the pages hold, each as it was written. */
  private static int walk(Client client) throws IOException {
    Question question = Question.allSteps(false, STEPS);
    Answer page = client.list(question);
    int steps = check(page, 0);
    while (page.after() != null) {
      page = client.list(question.after(page.after()));
      assertThat(page.rows()).isNotEmpty();
      steps = check(page, steps);
    }
    return steps;
  }

  private static int check(Answer page, int from) {
    int step = from;
    for (Row row : page.rows()) {
      // Compared at once: a difference of 100 KB is nothing to look at.
      assertThat(row.isSameAs(Row.step(new String(line(step), US_ASCII)))).as(id(step)).isTrue();
      step++;
    }
    assertThat(page.bytes()).isLessThan(MOST_PAGE_BYTES);
    return step;
  }

  private static String id(int step) {
    return "step-%04d".formatted(step);
  }

  /** As REST answers it. */
  private static byte[] line(int step) {
    String start =
        "{\"run_id\":\"run\",\"block_id\":\"b\",\"step_id\":\"%s\",\"block_type\":\"parse\","
                .formatted(id(step))
            + "\"block_label\":\"\",\"lifecycle\":{\"status\":\"completed\"},\"artifact\":null,"
            + "\"started_at\":\"2026-03-12T09:00:00Z\",\"completed_at\":null,"
            + "\"handle_outputs\":{\"o\":{\"type\":\"json\",\"data\":";
    String end = "}},\"handle_inputs\":{},\"created_at\":null}";
    byte[] payload = payload(step);
    byte[] line =
        Arrays.copyOf(start.getBytes(US_ASCII), start.length() + payload.length + end.length());
    System.arraycopy(payload, 0, line, start.length(), payload.length);
    System.arraycopy(
        end.getBytes(US_ASCII), 0, line, start.length() + payload.length, end.length());
    return line;
  }

  private static byte[] payload(int step) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    byte[] text = (id(step) + ' ').getBytes(US_ASCII);
    for (int i = 0; i < payload.length; i++) {
      payload[i] = text[i % text.length];
    }
    payload[0] = '"';
    payload[payload.length - 1] = '"';
    return payload;
  }
}
