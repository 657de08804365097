package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With programs that end by themselves in PostgreSQL's place. */
class SupervisorTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final AtomicInteger starts = new AtomicInteger();

  @TempDir private Path base;
  private InstanceFiles files;
  private ServerLog log;
  private OwnerLock lock;

  @BeforeEach
  void own() throws Exception {
    files = new InstanceFiles(base, base);
    log = ServerLog.open(files.log());
    lock = OwnerLock.take(files.lock(), new Owner("serve", true));
  }

  @Test
  void serverThatEnds_isStartedAgain_andAgain() throws Exception {
    try (Supervisor supervisor = supervise(this::briefServer, PATIENCE)) {
      await().atMost(PATIENCE).until(() -> supervisor.restarts() >= 2);

      assertThat(supervisor.failed()).isNotDone();
    }
    assertThat(files.lock()).isEmptyFile();
  }

  @Test
  void attemptsThatFail_areFollowedByOthers() throws Exception {
    Supervisor.Starter third =
        () -> {
          if (starts.incrementAndGet() < 3) {
            throw new IOException("No space left on device");
          }
          return briefServer();
        };
    try (Supervisor supervisor = supervise(third, PATIENCE)) {
      await().atMost(PATIENCE).until(() -> supervisor.problem().isPresent());
      assertThat(supervisor.problem().orElseThrow())
          .isEqualTo("PostgreSQL ended (exit code 3) and is being started again");

      await().atMost(PATIENCE).until(() -> supervisor.restarts() >= 1);

      assertThat(starts).hasValueGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void serverThatCantBeStarted_isGivenUp_withTheLastCause() throws Exception {
    Supervisor.Starter none =
        () -> {
          throw new IOException("No space left on device");
        };
    try (Supervisor supervisor = supervise(none, Duration.ofMillis(500))) {
      assertThat(supervisor.failed().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .startsWith("PostgreSQL ended and can't be started again. The directory " + base)
          .contains("because its disk is full");
      assertThat(supervisor.problem()).isPresent();
      assertThat(supervisor.restarts()).isZero();
    }
  }

  /** Another process may own what is there now. */
  @Test
  void replacedDirectory_endsTheAttempts() throws Exception {
    Files.delete(files.lock());
    Files.writeString(files.lock(), "");
    Supervisor.Starter counting =
        () -> {
          starts.incrementAndGet();
          return briefServer();
        };
    try (Supervisor supervisor = supervise(counting, PATIENCE)) {
      assertThat(supervisor.failed().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .endsWith("The data directory was removed or replaced.");
      assertThat(starts).hasValue(0);
    }
  }

  private Supervisor supervise(Supervisor.Starter starter, Duration patience) throws IOException {
    return new Supervisor(lock, log, briefServer(), starter, patience);
  }

  private ServerProcess briefServer() throws IOException {
    Account own = new Account(UserIds.current(), List.of(), Optional.empty());
    return new ServerProcess(
        SupervisedProcess.start(own, List.of("/bin/sh", "-c", "exit 3"), log.file()),
        files,
        SocketDirectory.in(files));
  }
}
