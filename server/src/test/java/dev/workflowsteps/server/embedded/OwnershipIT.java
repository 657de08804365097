package dev.workflowsteps.server.embedded;

import static dev.workflowsteps.server.embedded.Sql.execute;
import static dev.workflowsteps.server.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One owner for each directory, and commands beside it. */
class OwnershipIT {

  private final DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");

  @Test
  void secondServe_exits4_namingTheFirst() throws Exception {
    try (OtherJvm first = OtherJvm.launch("serve", directory)) {
      first.awaitReady();
      try (OtherJvm second = OtherJvm.launch("serve", directory)) {
        assertThat(second.awaitEnd()).contains("is held by serve, pid " + first.pid() + ":");
        assertThat(second.exitCode()).isEqualTo(ExitCode.DATABASE.code());
      }
    }
  }

  @Test
  void secondServe_inTheSameJvm_isRefused_andTheFirstKeepsItsLock() throws Exception {
    try (EmbeddedPostgres first =
        EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE))
          .hasMessageContaining("is held by serve, pid " + ProcessHandle.current().pid());
      try (OtherJvm second = OtherJvm.launch("serve", directory)) {
        assertThat(second.awaitEnd()).contains("is held by serve");
      }
      assertThat(query(TestPostgres.url(first), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void command_besideServe_attaches_andLeavesItRunning() throws Exception {
    try (OtherJvm serve = OtherJvm.launch("serve", directory)) {
      String url = serve.awaitReady();
      try (EmbeddedPostgres attached =
          EmbeddedPostgres.attachOrStart(directory, "import", ProgressListener.NONE)) {
        assertThat(attached.owned()).isFalse();
        assertThat(attached.created()).isFalse();
        execute(TestPostgres.url(attached), "CREATE TABLE t AS SELECT 42 AS x");
      }
      assertThat(query(url, "SELECT x FROM t")).isEqualTo("42");
    }
  }

  @Test
  void command_whileServeIsStarting_waitsUntilItShares() throws Exception {
    List<String> progress = new CopyOnWriteArrayList<>();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (EmbeddedPostgres serve =
        EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE)) {
      Future<EmbeddedPostgres> command =
          pool.submit(() -> EmbeddedPostgres.attachOrStart(directory, "import", progress::add));
      await().until(() -> !progress.isEmpty());
      assertThat(progress)
          .containsExactly(
              "waiting until serve, pid " + ProcessHandle.current().pid() + " is ready");
      assertThat(command).isNotDone();
      serve.share();

      assertThat(command.get(30, TimeUnit.SECONDS).jdbcUrl()).isEqualTo(serve.jdbcUrl());
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void serve_whileACommandOwns_isRefused_andSoIsAnotherCommand() throws Exception {
    try (OtherJvm command = OtherJvm.launch("import", directory)) {
      command.awaitReady();
      assertThatThrownBy(() -> EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE))
          .isInstanceOfSatisfying(
              StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATABASE))
          .hasMessageContaining("is held by import, pid " + command.pid());
      assertThatThrownBy(
              () -> EmbeddedPostgres.attachOrStart(directory, "keys", ProgressListener.NONE))
          .hasMessageContaining("is held by import, pid " + command.pid());
    }
  }

  @Test
  void serve_whileACommandOwns_waitsForItsEnd_andNamesIt() throws Exception {
    List<String> progress = new CopyOnWriteArrayList<>();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (OtherJvm command = OtherJvm.launch("import", directory)) {
      command.awaitReady();
      Future<EmbeddedPostgres> serve =
          pool.submit(() -> EmbeddedPostgres.serve(directory, "serve", progress::add));
      await().atMost(1, TimeUnit.MINUTES).until(() -> !progress.isEmpty());
      assertThat(progress)
          .containsExactly(
              "waiting for import, pid %d, to release %s"
                  .formatted(command.pid(), directory.path()));
      assertThat(serve).isNotDone();

      command.kill();

      try (EmbeddedPostgres server = serve.get(1, TimeUnit.MINUTES)) {
        assertThat(server.jdbcUrl()).isEqualTo(EmbeddedPostgres.jdbcUrl(directory));
        assertThat(query(TestPostgres.url(server), "SELECT 1")).isEqualTo("1");
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void serve_besideServe_doesNotWait() throws Exception {
    try (EmbeddedPostgres first =
        EmbeddedPostgres.start(directory, "serve-grpc", ProgressListener.NONE)) {
      assertThatThrownBy(() -> EmbeddedPostgres.serve(directory, "serve", ProgressListener.NONE))
          .hasMessageContaining("is held by serve-grpc, pid " + ProcessHandle.current().pid());
      assertThat(first.owned()).isTrue();
    }
  }

  @Test
  void racingFirstStarts_haveOneWinner_andNothingBroken() throws Exception {
    DataDirectory empty = new DataDirectory(TestDirectories.empty(), "main");
    DataDirectory demo = new DataDirectory(empty.base(), "demo");
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Object>> starts =
          List.of(
              () -> attempt(empty), () -> attempt(empty), () -> attempt(demo), () -> attempt(demo));
      List<EmbeddedPostgres> winners = new ArrayList<>();
      List<StartupException> losers = new ArrayList<>();
      for (Future<Object> result : pool.invokeAll(starts)) {
        if (result.get() instanceof EmbeddedPostgres server) {
          winners.add(server);
        } else {
          losers.add((StartupException) result.get());
        }
      }
      winners.forEach(EmbeddedPostgres::close);
      assertThat(winners)
          .extracting(server -> server.directory().instance())
          .containsExactlyInAnyOrder("main", "demo");
      assertThat(losers).extracting(StartupException::exitCode).containsOnly(ExitCode.DATABASE);
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void racingFirstStarts_ofTwoJvms_haveOneWinner() throws Exception {
    DataDirectory empty = new DataDirectory(TestDirectories.empty(), "main");
    try (OtherJvm one = OtherJvm.launch("serve", empty);
        OtherJvm two = OtherJvm.launch("serve", empty)) {
      ExecutorService pool = Executors.newFixedThreadPool(2);
      try {
        Future<String> first = pool.submit(() -> outcome(one));
        Future<String> second = pool.submit(() -> outcome(two));
        assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder("ready", "exit 4");
      } finally {
        pool.shutdown();
      }
    }
  }

  private static Object attempt(DataDirectory directory) {
    try {
      return EmbeddedPostgres.start(directory, "serve", ProgressListener.NONE);
    } catch (StartupException e) {
      return e;
    }
  }

  private static String outcome(OtherJvm jvm) throws Exception {
    try {
      jvm.awaitReady();
      return "ready";
    } catch (IOException e) {
      jvm.awaitEnd();
      return "exit " + jvm.exitCode();
    }
  }
}
