package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportFailedException;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose embedded database dies, and one that finds a command in its directory. */
class EmbeddedDatabaseIT {

  private static final int KILLS = 5;
  private static final int READERS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LIST = "/v1/workflows/steps?limit=1000";
  private static final Pattern STEP = Pattern.compile("\"step_id\":\"([^\"]*)\"");
  private static final Pattern AFTER = Pattern.compile("\"after\":\"([^\"]*)\"}}$");

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicLong slowestAnswer = new AtomicLong();
  private final AtomicLong slowestRefusal = new AtomicLong();
  private final Queue<String> dishonest = new ConcurrentLinkedQueue<>();
  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();

  private Path dataDir;

  @BeforeEach
  void create() throws IOException {
    dataDir = DataDirs.create();
  }

  @AfterEach
  void delete() throws IOException {
    DataDirs.delete(dataDir);
  }

  @Test
  void killedDatabase_isBackByItself_withEveryAcknowledgedWrite() throws Exception {
    try (Program serve =
        Program.start("try ", "serve", at(dataDir), "--rest-port=0", "--grpc-port=0")) {
      String key =
          Program.run("keys", "create", "--organization=acme", "--create-organization", at(dataDir))
              .strip();
      HttpRequest list = request(serve.restUrl() + LIST, key);
      List<Thread> load = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        load.add(new Thread(() -> read(list)));
      }
      load.add(new Thread(this::write));
      load.forEach(Thread::start);
      try {
        for (int i = 0; i < KILLS; i++) {
          int before = answered.get();
          int written = acknowledged.size();
          await().atMost(PATIENCE).until(() -> answered.get() > before + 20);
          await().atMost(PATIENCE).until(() -> acknowledged.size() > written + 5);
          kill(serve, list);
        }
      } finally {
        over.set(true);
        for (Thread thread : load) {
          thread.join();
        }
      }
      System.out.printf(
          "%d answers 200 within %d ms, %d answers 503 within %d ms, %d writes acknowledged%n",
          answered.get(),
          slowestAnswer.get(),
          refused.get(),
          slowestRefusal.get(),
          acknowledged.size());

      assertThat(dishonest).isEmpty();
      assertThat(steps(serve.restUrl() + LIST, key)).containsAll(acknowledged);
      assertThat(get(serve.adminUrl() + "/metrics").body())
          .contains("workflow_steps_postgres_restarts_total " + KILLS + ".0");
      assertThat(serve.stop())
          .filteredOn(line -> line.contains("PostgreSQL ended (signal 9"))
          .hasSize(KILLS)
          .allMatch(line -> line.contains("is started again in "));
    }
  }

  @Test
  void serve_besideACommand_isLiveAndUnready_untilTheCommandEnds() throws Exception {
    String key =
        Program.run("keys", "create", "--organization=acme", "--create-organization", at(dataDir))
            .strip();
    Process command = Program.open("import", "--organization=acme", at(dataDir), "-");
    await().atMost(PATIENCE).until(() -> owner().startsWith("import\n"));
    int rest = freePort();
    int admin = freePort();
    Process serve =
        Program.open(
            "serve",
            at(dataDir),
            "--grpc-port=0",
            "--drain-delay=0s",
            "--rest-port=" + rest,
            "--admin-port=" + admin);
    try {
      String readyz = "http://127.0.0.1:" + admin + "/readyz";
      String phase = "starting: waiting for import, pid " + command.pid() + ", to release ";
      await().atMost(PATIENCE).ignoreExceptions().until(() -> get(readyz).body().startsWith(phase));
      assertThat(get(readyz).statusCode()).isEqualTo(503);
      assertThat(get("http://127.0.0.1:" + admin + "/livez").statusCode()).isEqualTo(200);
      HttpRequest list = request("http://127.0.0.1:" + rest + LIST, key);
      HttpResponse<String> answer = http.send(list, BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
      assertThat(serve.isAlive()).isTrue();

      try (OutputStream lines = command.getOutputStream()) {
        lines.write(line("imported"));
      }
      assertThat(command.waitFor()).isZero();

      await().atMost(PATIENCE).until(() -> get(readyz).statusCode() == 200);
      assertThat(steps("http://127.0.0.1:" + rest + LIST, key)).containsExactly("imported");
    } finally {
      serve.toHandle().destroy();
      serve.waitFor();
    }
  }

  /** Kills PostgreSQL and prints how long its answers were missed. */
  private void kill(Program serve, HttpRequest list) throws Exception {
    long killedAt = System.nanoTime();
    long pid = postmaster();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> postmaster() != pid && status(list) == 200);
    System.out.printf("back after %d ms%n", (System.nanoTime() - killedAt) / 1_000_000);
    await().atMost(PATIENCE).until(() -> get(serve.adminUrl() + "/readyz").statusCode() == 200);
  }

  private String owner() throws IOException {
    return Files.readString(dataDir.resolve("main/lock"));
  }

  private long postmaster() throws IOException {
    Path file = dataDir.resolve("main/cluster/postmaster.pid");
    // PostgreSQL makes the file before it writes to it.
    return Files.exists(file)
        ? Files.readAllLines(file).stream().findFirst().map(Long::parseLong).orElse(0L)
        : 0;
  }

  private void read(HttpRequest list) {
    while (!over.get()) {
      long begin = System.nanoTime();
      try {
        HttpResponse<String> answer = http.send(list, BodyHandlers.ofString());
        long millis = (System.nanoTime() - begin) / 1_000_000;
        if (answer.statusCode() == 200) {
          answered.incrementAndGet();
          slowestAnswer.accumulateAndGet(millis, Math::max);
        } else if (answer.statusCode() == 503
            && answer.headers().firstValue("retry-after").isPresent()) {
          refused.incrementAndGet();
          slowestRefusal.accumulateAndGet(millis, Math::max);
        } else {
          dishonest.add(answer.statusCode() + " " + answer.body());
        }
      } catch (IOException | InterruptedException e) {
        dishonest.add(e.toString());
      }
    }
  }

  /** As a command beside the server does: one step in each transaction. */
  private void write() {
    Settings settings = Settings.load(Map.of("data-dir", dataDir.toString()), Map.of());
    try (StoredData data = StoredData.command(settings, false, "import", ProgressListener.NONE)) {
      Importer<?> importer =
          new Importer<>(StepReader::new, new StepRecorder(data.stores().stepWriter())::record);
      ImportListener listener =
          new ImportListener() {
            @Override
            public void rejected(long line, Rejection rejection) {
              dishonest.add("write: " + rejection);
            }

            @Override
            public void progress(ImportCounts counts, long bytes) {}
          };
      for (int i = 0; !over.get(); i++) {
        try {
          importer.run("acme", new ByteArrayInputStream(line("w" + i)), listener);
          acknowledged.add("w" + i);
        } catch (ImportFailedException e) {
          if (!(e.getCause() instanceof FailedCallException failed)
              || failed.reason() != FailedCallException.Reason.UNAVAILABLE) {
            dishonest.add("write: " + e);
          }
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      dishonest.add("writer: " + e);
    }
  }

  private static byte[] line(String stepId) {
    return """
        {"run_id":"run_1","step_id":"%s","block_id":"parse","block_type":"parse","block_label":"Parse","lifecycle":{"status":"queued"}}
        """
        .formatted(stepId)
        .getBytes(StandardCharsets.UTF_8);
  }

  private Set<String> steps(String url, String key) throws IOException, InterruptedException {
    Set<String> steps = new TreeSet<>();
    String next = url;
    while (next != null) {
      String page = http.send(request(next, key), BodyHandlers.ofString()).body();
      STEP.matcher(page).results().forEach(step -> steps.add(step.group(1)));
      Matcher after = AFTER.matcher(page);
      next = after.find() ? url + "&after=" + after.group(1) : null;
    }
    return steps;
  }

  private int status(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString()).statusCode();
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private static HttpRequest request(String url, String key) {
    return HttpRequest.newBuilder(URI.create(url)).header("Api-Key", key).build();
  }

  private static String at(Path dataDir) {
    return "--data-dir=" + dataDir;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
