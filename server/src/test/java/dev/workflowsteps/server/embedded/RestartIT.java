package dev.workflowsteps.server.embedded;

import static dev.workflowsteps.server.embedded.Sql.execute;
import static dev.workflowsteps.server.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server that ends by itself, and its owner. */
class RestartIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");
  private final Path cluster = directory.path().resolve("cluster");

  @Test
  void killedServer_isStartedAgain_onItsPort_withItsRows() throws Exception {
    try (EmbeddedPostgres server = start()) {
      String url = TestPostgres.url(server);
      execute(url, "CREATE TABLE t AS SELECT 42 AS x");
      for (int i = 1; i <= 3; i++) {
        postmaster().destroyForcibly();
        int times = i;
        await().atMost(PATIENCE).until(() -> server.restarts() == times);

        assertThat(server.problem()).isEmpty();
        assertThat(query(url, "SELECT x FROM t")).isEqualTo("42");
      }
      assertThat(server.failed()).isNotDone();
    }
    assertThat(PostmasterFile.read(cluster)).isEmpty();
  }

  @Test
  void killedParent_isReplacedWithItsServer() throws Exception {
    try (EmbeddedPostgres server = start()) {
      ProcessHandle orphan = postmaster();
      orphan.parent().orElseThrow().destroyForcibly();

      await().atMost(PATIENCE).until(() -> server.restarts() == 1);

      assertThat(postmaster().pid()).isNotEqualTo(orphan.pid());
      assertThat(query(TestPostgres.url(server), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void killedBackend_isPostgresOwnAffair() throws Exception {
    try (EmbeddedPostgres server = start()) {
      String url = TestPostgres.url(server);
      long before = postmaster().pid();
      long backend = Long.parseLong(query(url, "SELECT pid FROM pg_stat_activity LIMIT 1"));
      ProcessHandle.of(backend).ifPresent(ProcessHandle::destroyForcibly);

      await().atMost(PATIENCE).ignoreExceptions().until(() -> "1".equals(query(url, "SELECT 1")));

      assertThat(postmaster().pid()).isEqualTo(before);
      assertThat(server.restarts()).isZero();
    }
  }

  @Test
  void problem_whileItDoesNotRun_saysWhy() throws Exception {
    try (EmbeddedPostgres server = start()) {
      Path settings = cluster.resolve("postgresql.conf");
      String before = Files.readString(settings);
      Files.writeString(settings, before + "\nshared_buffers = nonsense\n");
      postmaster().destroyForcibly();
      await().atMost(PATIENCE).until(() -> server.problem().isPresent());
      assertThat(server.problem().orElseThrow())
          .startsWith("PostgreSQL ended (signal 9")
          .endsWith(") and is being started again");

      Files.writeString(settings, before);

      await().atMost(PATIENCE).until(() -> server.problem().isEmpty());
      assertThat(query(TestPostgres.url(server), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void vanishedDirectory_endsTheAttempts_andNothingIsMadeThere() throws Exception {
    try (EmbeddedPostgres server = start()) {
      Path moved = directory.base().resolve("moved");
      Files.move(directory.path(), moved);
      postmaster(moved.resolve("cluster")).destroyForcibly();

      String cause = server.failed().get(1, TimeUnit.MINUTES);

      assertThat(cause)
          .isEqualTo(
              "PostgreSQL ended and can't be started again."
                  + " The data directory was removed or replaced.");
      assertThat(directory.path()).doesNotExist();
      assertThat(server.problem()).isPresent();
    }
  }

  @Test
  void close_whileItDoesNotRun_endsTheAttempts() throws Exception {
    EmbeddedPostgres server = start();
    Path settings = cluster.resolve("postgresql.conf");
    Files.writeString(settings, Files.readString(settings) + "\nshared_buffers = nonsense\n");
    postmaster().destroyForcibly();
    await().atMost(PATIENCE).until(() -> server.problem().isPresent());

    server.close();

    assertThat(server.failed()).isNotDone();
    assertThat(
            ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(cluster.toString())))
        .isEmpty();
    assertThat(List.of(directory.path().resolve("lock")))
        .allMatch(file -> file.toFile().length() == 0);
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE);
  }

  private ProcessHandle postmaster() throws IOException {
    return postmaster(cluster);
  }

  private static ProcessHandle postmaster(Path cluster) throws IOException {
    return ProcessHandle.of(PostmasterFile.read(cluster).orElseThrow().pid()).orElseThrow();
  }
}
