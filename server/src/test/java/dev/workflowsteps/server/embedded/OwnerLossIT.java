package dev.workflowsteps.server.embedded;

import static dev.workflowsteps.server.embedded.Sql.execute;
import static dev.workflowsteps.server.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An owner that is killed, and what the next start finds. */
class OwnerLossIT {

  private static final int PATIENCE_SECONDS = 30;

  private final DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");
  private final Path cluster = directory.path().resolve("cluster");

  @Test
  void killedOwner_takesItsServerAlong_andTheRowsStay() throws Exception {
    try (OtherJvm serve = OtherJvm.launch("serve", directory)) {
      execute(serve.awaitReady(), "CREATE TABLE t AS SELECT 42 AS x");
      ProcessHandle server = server();
      serve.kill();
      await().until(() -> !server.isAlive());
    }

    assertRowStays();
  }

  @Test
  void killedOwner_followedAtOnceByAStart_losesNothing() throws Exception {
    String url = null;
    for (int i = 0; i < 5; i++) {
      try (OtherJvm serve = OtherJvm.launch("serve", directory)) {
        url = serve.awaitReady();
        execute(url, "CREATE TABLE IF NOT EXISTS t (x int)");
        execute(url, "INSERT INTO t VALUES (" + i + ")");
        serve.kill();
      }
    }
    try (EmbeddedPostgres server = start(new ArrayList<>())) {
      assertThat(query(TestPostgres.url(server), "SELECT count(*) FROM t")).isEqualTo("5");
    }
  }

  @Test
  void killedParents_leaveAServerRunning_thatTheNextStartStops() throws Exception {
    ProcessHandle server;
    try (OtherJvm serve = OtherJvm.launch("serve", directory)) {
      execute(serve.awaitReady(), "CREATE TABLE t AS SELECT 42 AS x");
      server = server();
      // So that it doesn't notice, and stop the server itself.
      serve.freeze();
      ProcessHandle parent = killParents(server);
      serve.kill();
      parent.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(server.isAlive()).isTrue();

    List<String> progress = new ArrayList<>();
    try (EmbeddedPostgres next = start(progress)) {
      // Dead, but counted as alive until whoever inherited it collects it.
      server.onExit().get(10, TimeUnit.SECONDS);
      assertThat(progress)
          .containsExactly("stopping the PostgreSQL of an earlier start", "starting PostgreSQL");
      assertThat(query(TestPostgres.url(next), "SELECT x FROM t")).isEqualTo("42");
    }
  }

  @Test
  void pidOfAStranger_inTheNote_isLeftAlone() throws Exception {
    start(new ArrayList<>()).close();
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      String note = stranger.pid() + "\n" + cluster + "\n1\n1\n\n127.0.0.1\n0 0\nready   \n";
      Files.writeString(PostmasterFile.in(cluster), note);
      List<String> progress = new ArrayList<>();

      start(progress).close();

      assertThat(stranger.isAlive()).isTrue();
      assertThat(progress).containsExactly("starting PostgreSQL");
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void serverOfAnotherDirectory_underTheNotedPid_isLeftAlone() throws Exception {
    DataDirectory demo = new DataDirectory(directory.base(), "demo");
    start(new ArrayList<>()).close();
    try (EmbeddedPostgres other = EmbeddedPostgres.start(demo, "serve", ProgressListener.NONE)) {
      Files.copy(PostmasterFile.in(demo.path().resolve("cluster")), PostmasterFile.in(cluster));

      start(new ArrayList<>()).close();

      assertThat(query(TestPostgres.url(other), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void lockFileOfAKilledOwner_isNotBelieved() throws Exception {
    try (OtherJvm serve = OtherJvm.launch("serve", directory)) {
      serve.awaitReady();
      serve.kill();
    }
    assertThat(directory.path().resolve("lock")).content().startsWith("serve\n");

    try (EmbeddedPostgres server =
        EmbeddedPostgres.attachOrStart(directory, "import", ProgressListener.NONE)) {
      assertThat(server.owned()).isTrue();
      assertThat(query(TestPostgres.url(server), "SELECT 1")).isEqualTo("1");
    }
  }

  private void assertRowStays() throws Exception {
    try (EmbeddedPostgres server = start(new ArrayList<>())) {
      assertThat(server.created()).isFalse();
      assertThat(query(TestPostgres.url(server), "SELECT x FROM t")).isEqualTo("42");
    }
  }

  private EmbeddedPostgres start(List<String> progress) {
    return EmbeddedPostgres.start(directory, "serve", progress::add);
  }

  private ProcessHandle server() throws IOException {
    return ProcessHandle.of(PostmasterFile.read(cluster).orElseThrow().pid()).orElseThrow();
  }

  /**
   * The guard first: it would stop the server when it sees the parent's pipe break. Returns the
   * parent, which ends when its own parent collects it.
   */
  private static ProcessHandle killParents(ProcessHandle server) throws Exception {
    ProcessHandle parent = server.parent().orElseThrow();
    List<ProcessHandle> guards =
        parent.children().filter(child -> child.pid() != server.pid()).toList();
    for (ProcessHandle guard : guards) {
      guard.destroyForcibly();
      guard.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    parent.destroyForcibly();
    return parent;
  }
}
