package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.adapter.client.RestClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The program's starts and ends. */
class LifeIT {

  private Path dataDir;

  @BeforeEach
  void create() throws Exception {
    dataDir = DataDirs.create();
  }

  @AfterEach
  void delete() throws Exception {
    DataDirs.delete(dataDir);
  }

  @Test
  void startAfterAKillOrAStop_saysExisting_andKeepsKeyAndData() throws Exception {
    Path keyFile = dataDir.resolve("demo/key");
    Program first = Program.serve(dataDir);
    String key = Files.readString(keyFile);
    assertThat(Files.getPosixFilePermissions(keyFile)).hasSize(2);
    assertThat(servers()).isNotEmpty();
    first.kill();
    await().atMost(Duration.ofSeconds(30)).until(() -> servers().isEmpty());

    try (Program second = Program.serve(dataDir)) {
      assertIsTheSame(second, key);
      assertThat(second.stop()).containsExactly("stopping", "stopped");
    }
    assertThat(servers()).isEmpty();

    try (Program third = Program.serve(dataDir)) {
      assertIsTheSame(third, key);
    }
  }

  private void assertIsTheSame(Program program, String key) throws IOException {
    assertThat(program.firstScreen().get(1)).contains("(existing, ");
    assertThat(program.firstScreen().get(2)).contains("64 steps, 8 runs");
    assertThat(Files.readString(dataDir.resolve("demo/key"))).isEqualTo(key);
  }

  @Test
  void demoWhoseFirstStartWasCutOff_isMadeWholeByTheNext() throws Exception {
    Program.run(
        "keys", "create", "--organization=demo", "--create-organization", "--demo", at(dataDir));

    try (Program next = Program.serve(dataDir)) {
      assertThat(next.firstScreen().get(2)).contains("64 steps, 8 runs");
    }
  }

  @Test
  void firstScreen_withoutTheDemo_tellsACommandThatMakesAKey() throws Exception {
    try (Program program =
        Program.start("try ", "serve", at(dataDir), "--rest-port=0", "--grpc-port=0")) {
      String command = program.firstScreen().get(3).replaceFirst("try +", "");

      Process shell = new ProcessBuilder("sh", "-c", command).start();

      assertThat(new String(shell.getInputStream().readAllBytes())).startsWith("wfs_");
    }
  }

  @Test
  void halvesByThemselves_answerAsTheWholeDoes() throws Exception {
    try (Program grpc =
            Program.start(
                "ready ", "serve-grpc", "--demo", "--data-dir=" + dataDir, "--grpc-port=0");
        Program rest =
            Program.start(
                "ready ",
                "serve-rest",
                "--rest-port=0",
                "--upstream=127.0.0.1:" + grpc.grpcPort())) {
      String key = Files.readString(dataDir.resolve("demo/key")).strip();
      String run = rest.restUrl() + "/v1/workflows/steps?run_id=run_abc123xyz";
      HttpResponse<String> answer = RestClient.get(run, "Authorization", "Bearer " + key);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .startsWith("{\"data\":[{\"run_id\":\"run_abc123xyz\",")
          .endsWith("\"list_metadata\":{\"before\":null,\"after\":null}}");
      grpc.stop();
      answer = RestClient.get(run, "Authorization", "Bearer " + key);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }
  }

  /** Whoever waits for the admin port to say so may begin to send requests. */
  @Test
  void readyz_is200_onlyWhenRestAnswersAndTheDemoIsLoaded() throws Exception {
    int rest = freePort();
    int admin = freePort();
    Process program =
        Program.open(
            "serve",
            "--demo",
            at(dataDir),
            "--grpc-port=0",
            "--drain-delay=0s",
            "--rest-port=" + rest,
            "--admin-port=" + admin);
    try {
      Set<String> unready = new LinkedHashSet<>();
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                HttpResponse<String> answer = readyz(admin);
                if (answer != null && answer.statusCode() == 503) {
                  unready.add(answer.body().strip());
                }
                return answer != null && answer.statusCode() == 200;
              });

      HttpResponse<String> steps =
          RestClient.get(
              "http://127.0.0.1:" + rest + "/v1/workflows/steps?limit=100",
              "Api-Key",
              Files.readString(dataDir.resolve("demo/key")).strip());
      assertThat(steps.statusCode()).isEqualTo(200);
      assertThat(steps.body().split("\"step_id\"")).hasSizeGreaterThan(64);
      assertThat(unready)
          .contains("starting: creating the database", "starting: loading the demo's data");
    } finally {
      program.toHandle().destroy();
      program.waitFor();
    }
  }

  @Test
  void serveRest_isReadyOnlyWhileItsUpstreamIs() throws Exception {
    int upstream = freePort();
    try (Program rest =
        Program.start(
            "ready ", "serve-rest", "--rest-port=0", "--upstream=127.0.0.1:" + upstream)) {
      String url = rest.adminUrl() + "/readyz";
      HttpResponse<String> without = RestClient.get(url);
      assertThat(without.statusCode()).isEqualTo(503);
      assertThat(without.body()).startsWith("upstream: no answer from 127.0.0.1:" + upstream);
      try (Program grpc =
          Program.start("ready ", "serve-grpc", at(dataDir), "--grpc-port=" + upstream)) {
        await().atMost(Duration.ofSeconds(30)).until(() -> RestClient.get(url).statusCode() == 200);
      }
    }
  }

  @Test
  void keysBesideAServeThatIsStarting_waitForIt() throws Exception {
    Process serve =
        Program.open(
            "serve",
            at(dataDir),
            "--rest-port=0",
            "--grpc-port=0",
            "--admin-port=0",
            "--drain-delay=0s");
    try {
      await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(dataDir.resolve("main/lock")));

      assertThat(
              Program.run(
                  "keys", "create", "--organization=acme", "--create-organization", at(dataDir)))
          .startsWith("wfs_");
      assertThat(serve.isAlive()).isTrue();
    } finally {
      serve.toHandle().destroy();
      serve.waitFor();
      await().atMost(Duration.ofSeconds(30)).until(() -> servers().isEmpty());
    }
  }

  @Test
  void dataDirectoryThatIsNotOne_isRefused_andNothingIsMadeThere() throws Exception {
    List<String> said = new ArrayList<>();
    try (Program demo = Program.serve(dataDir)) {
      for (Path wrong : List.of(dataDir.resolve("demo"), dataDir.resolve("other"))) {
        int exit = Program.fail(said, "keys", "list", "--organization=acme", "--data-dir=" + wrong);

        assertThat(exit).isEqualTo(3);
      }
      assertThat(said.get(0))
          .startsWith(dataDir.resolve("demo") + " is part of the data directory " + dataDir)
          .contains("--demo");
      assertThat(said.get(1))
          .startsWith(dataDir.resolve("other") + " lies inside the data directory " + dataDir);
      assertThat(dataDir.resolve("demo/runtime")).doesNotExist();
      assertThat(dataDir.resolve("other")).doesNotExist();
    }
    Path foreign = Files.createDirectory(dataDir.resolveSibling(dataDir.getFileName() + "-notes"));
    Path notes = Files.writeString(foreign.resolve("notes.txt"), "mine");
    try {
      assertThat(Program.fail(said, "keys", "list", "--organization=a", "--data-dir=" + foreign))
          .isEqualTo(3);
      assertThat(said.get(2)).contains("is not empty", "notes.txt").hasLineCount(1);
    } finally {
      Files.delete(notes);
      Files.delete(foreign);
    }
  }

  private static HttpResponse<String> readyz(int port) {
    try {
      return RestClient.get("http://127.0.0.1:" + port + "/readyz");
    } catch (IOException notYet) {
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String at(Path dataDir) {
    return "--data-dir=" + dataDir;
  }

  /** Processes of a PostgreSQL on this test's directory. */
  private List<String> servers() {
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      return processes
          .flatMap(process -> process.info().commandLine().stream())
          .filter(line -> line.contains(dataDir.toString()) && line.contains("postgres"))
          .toList();
    }
  }
}
