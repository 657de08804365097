package dev.workflowsteps.adapter.exact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.DataDirs;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.Row;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A thousand steps with 100 KB of payload each, walked in the largest pages there are: by a gRPC
 * client with default limits, and by eight REST clients at once, from a server with a small heap.
 */
class LargePagesIT {

  private static final int STEPS = 1_000;
  private static final int PAYLOAD_BYTES = 100_000;
  private static final int WALKS = 8;
  private static final int HEAP_MEGABYTES = 256;
  private static final int MOST_PAGE_BYTES = 4 << 20;
  private static final String START = "{\"data\":[";
  private static final Pattern END =
      Pattern.compile(
          "\\],\"list_metadata\":\\{\"before\":(null|\"[^\"]*\"),\"after\":(null|\"[^\"]*\")}}");

  private static Path dataDir;
  private static Program program;
  private static String key;

  private final HttpClient http = HttpClient.newHttpClient();

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
        .startsWith("new 1000, ");
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
      Question question = Question.allSteps(false, STEPS);
      Answer page = grpc.list(question);
      int steps = check(page, 0);
      while (page.after() != null) {
        page = grpc.list(question.after(page.after()));
        assertThat(page.rows()).isNotEmpty();
        steps = check(page, steps);
      }
      assertThat(steps).isEqualTo(STEPS);
    }
  }

  @Test
  void eightRestClientsAtOnce_walkThemAll_inASmallHeap() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(WALKS);
    try {
      List<Future<Integer>> walks = new ArrayList<>();
      for (int i = 0; i < WALKS; i++) {
        walks.add(clients.submit(this::walk));
      }
      for (Future<Integer> walk : walks) {
        assertThat(walk.get()).isEqualTo(STEPS);
      }
    } finally {
      clients.shutdownNow();
    }
  }

  /** How many steps there were up to the end of the page, each as it was written. */
  private static int check(Answer page, int from) {
    int step = from;
    for (Row row : page.rows()) {
      assertThat(row.stepId()).isEqualTo(id(step));
      assertThat(row.payloads()).hasSize(1);
      // Compared at once: a difference of 100 KB is nothing to look at.
      assertThat(row.payloads().containsValue(new String(payload(step), US_ASCII))).isTrue();
      step++;
    }
    assertThat(page.bytes()).isLessThan(MOST_PAGE_BYTES);
    return step;
  }

  private int walk() throws Exception {
    Set<String> cursors = new HashSet<>();
    int steps = 0;
    String cursor = "";
    do {
      byte[] body = get("/v1/workflows/steps?limit=" + STEPS + cursor);
      int at = START.length();
      int from = steps;
      for (byte[] line = line(steps); isAt(body, at, line); line = line(steps)) {
        at += line.length;
        at += body[at] == ',' ? 1 : 0;
        steps++;
      }
      assertThat(steps).isGreaterThan(from);
      String end = new String(body, at, body.length - at, US_ASCII);
      Matcher metadata = END.matcher(end);
      assertThat(metadata.matches()).as(end.substring(0, Math.min(500, end.length()))).isTrue();
      String after = metadata.group(2);
      cursor = after.equals("null") ? null : "&after=" + after.replace("\"", "");
      assertThat(cursors.add(after)).isTrue();
    } while (cursor != null);
    return steps;
  }

  private byte[] get(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(program.restUrl() + path))
                .header("Api-Key", key)
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSizeLessThan(MOST_PAGE_BYTES);
    return answer.body();
  }

  private static boolean isAt(byte[] body, int at, byte[] line) {
    return at + line.length <= body.length
        && Arrays.equals(body, at, at + line.length, line, 0, line.length);
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
