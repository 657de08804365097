package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
  void secondStart_saysExisting_andKeepsKeyAndData() throws Exception {
    Path keyFile = dataDir.resolve("demo/key");
    String key;
    try (Program first = Program.serveBriefly(dataDir)) {
      key = Files.readString(keyFile);
      assertThat(Files.getPosixFilePermissions(keyFile)).hasSize(2);
      assertThat(first.stop()).containsExactly("stopping", "stopped");
    }
    assertThat(servers()).isEmpty();

    try (Program second = Program.serveBriefly(dataDir)) {
      assertThat(second.firstScreen().get(1)).contains("(existing, ");
      assertThat(second.firstScreen().get(2)).contains("64 steps, 8 runs");
      assertThat(Files.readString(keyFile)).isEqualTo(key);
    }
  }

  @Test
  void killedProgram_leavesNoServer_andTheNextStartHasEveryRow() throws Exception {
    Program killed = Program.serveBriefly(dataDir);
    assertThat(servers()).isNotEmpty();
    killed.kill();
    await().atMost(Duration.ofSeconds(30)).until(() -> servers().isEmpty());

    try (Program next = Program.serveBriefly(dataDir)) {
      assertThat(next.firstScreen().get(2)).contains("64 steps, 8 runs");
    }
  }

  @Test
  void demoWhoseFirstStartWasCutOff_isMadeWholeByTheNext() throws Exception {
    Program.run(
        "keys", "create", "--organization=demo", "--create-organization", "--demo", at(dataDir));

    try (Program next = Program.serveBriefly(dataDir)) {
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
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(rest.restUrl() + "/v1/workflows/steps?run_id=run_abc123xyz"))
              .header("Authorization", "Bearer " + key)
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .startsWith("{\"data\":[{\"run_id\":\"run_abc123xyz\",")
          .endsWith("\"list_metadata\":{\"before\":null,\"after\":null}}");
      grpc.stop();
      answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
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
