package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A running PostgreSQL of ours. */
final class ServerProcess {

  /** Somebody may take the port between our look and PostgreSQL's. */
  private static final int PORT_TRIES = 5;

  private static final int POLL_MILLIS = 10;

  /** Recovery after a crash replays at most max_wal_size; slow disks need their time. */
  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);

  private static final int STOP_SECONDS = 60;

  private final SupervisedProcess child;
  private final InstanceFiles files;
  private final int port;
  private final long launchedAt = System.nanoTime();

  ServerProcess(SupervisedProcess child, InstanceFiles files, int port) {
    this.child = child;
    this.files = files;
    this.port = port;
  }

  /**
   * Returns when the server takes connections. Leaves nothing running when it fails.
   *
   * @param wantedPort 0 = any free one
   */
  static ServerProcess start(
      InstanceFiles files, Binaries binaries, Account account, ServerLog log, int wantedPort)
      throws IOException, InterruptedException {
    String said = "";
    for (int i = 0; i < PORT_TRIES; i++) {
      long before = log.size();
      ServerProcess server =
          launch(files, binaries, account, log, wantedPort == 0 ? Loopback.freePort() : wantedPort);
      boolean ready = false;
      try {
        ready = server.becomesReady();
      } finally {
        // Also when the start is interrupted.
        if (!ready) {
          server.stop();
        }
      }
      if (ready) {
        return server;
      }
      said = log.since(before);
      if (!said.contains("Address already in use")) {
        break;
      }
    }
    throw EmbeddedFailure.program("Starting PostgreSQL", files.instance(), log.file(), said);
  }

  int port() {
    return port;
  }

  /** Whether the server ends within that time, for whatever reason. */
  boolean ended(Duration patience) throws InterruptedException {
    return child.process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Of a server that has ended; 128 and the number of the signal that killed it. */
  int exitCode() {
    return child.process().exitValue();
  }

  /** Since it was launched. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - launchedAt);
  }

  /** Rolls back open transactions. */
  void stop() throws IOException, InterruptedException {
    child.stop();
    child.process().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    // It may hang, or its parent may have been killed.
    new ClusterProcesses(files).stop(ProgressListener.NONE);
  }

  private static ServerProcess launch(
      InstanceFiles files, Binaries binaries, Account account, ServerLog log, int port)
      throws IOException {
    List<String> command =
        Executables.concat(
            List.of(binaries.program("postgres").toString(), "-D", files.cluster().toString()),
            PostgresConfiguration.arguments(port));
    return new ServerProcess(SupervisedProcess.start(account, command, log.file()), files, port);
  }

  private boolean becomesReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
    while (child.process().isAlive() && System.nanoTime() < deadline) {
      if (noted().filter(PostmasterFile::ready).isPresent() && Loopback.answers(port)) {
        return true;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  /** The port tells our server's note from one left by a killed server. */
  private Optional<PostmasterFile> noted() throws IOException {
    return PostmasterFile.read(files.cluster()).filter(note -> note.port() == port);
  }
}
