package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
    try (Program first = Program.serve(dataDir)) {
      key = Files.readString(keyFile);
      assertThat(Files.getPosixFilePermissions(keyFile)).hasSize(2);
      assertThat(first.stop()).containsExactly("stopping", "stopped");
    }
    assertThat(servers()).isEmpty();

    try (Program second = Program.serve(dataDir)) {
      assertThat(second.firstScreen().get(1)).contains("(existing, ");
      assertThat(second.firstScreen().get(2)).contains("64 steps, 8 runs");
      assertThat(Files.readString(keyFile)).isEqualTo(key);
    }
  }

  @Test
  void killedProgram_leavesNoServer_andTheNextStartHasEveryRow() throws Exception {
    Program killed = Program.serve(dataDir);
    assertThat(servers()).isNotEmpty();
    killed.kill();
    await().atMost(Duration.ofSeconds(30)).until(() -> servers().isEmpty());

    try (Program next = Program.serve(dataDir)) {
      assertThat(next.firstScreen().get(2)).contains("64 steps, 8 runs");
    }
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
