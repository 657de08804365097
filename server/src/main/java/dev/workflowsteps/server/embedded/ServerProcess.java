package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running PostgreSQL of ours. */
final class ServerProcess {

  private static final int POLL_MILLIS = 10;

  /** Recovery after a crash replays at most max_wal_size; slow disks need their time. */
  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);

  private static final int STOP_SECONDS = 60;

  private final SupervisedProcess child;
  private final InstanceFiles files;
  private final SocketDirectory socketDirectory;
  private final long launchedAt = System.nanoTime();

  ServerProcess(SupervisedProcess child, InstanceFiles files, SocketDirectory socketDirectory) {
    this.child = child;
    this.files = files;
    this.socketDirectory = socketDirectory;
  }

  /**
   * Returns when the server takes connections. Leaves nothing running when it fails.
   *
   * @param settings of PostgreSQL, beside its own; of tests
   */
  static ServerProcess start(
      InstanceFiles files,
      SocketDirectory socketDirectory,
      Binaries binaries,
      Account account,
      ServerLog log,
      List<String> settings)
      throws IOException, InterruptedException {
    long before = log.size();
    socketDirectory.make(account);
    List<String> command =
        Executables.concat(
            List.of(binaries.program("postgres").toString(), "-D", files.cluster().toString()),
            PostgresConfiguration.arguments(files, socketDirectory, settings));
    ServerProcess server =
        new ServerProcess(
            SupervisedProcess.start(account, command, log.file()), files, socketDirectory);
    boolean ready = false;
    try {
      ready = server.becomesReady();
    } finally {
      // Also when the start is interrupted.
      if (!ready) {
        server.stop();
      }
    }
    if (!ready) {
      throw EmbeddedFailure.program(
          "Starting PostgreSQL", files.instance(), log.file(), log.since(before));
    }
    return server;
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

  /** Once the server answers, a note left by a killed one has been replaced. */
  private boolean becomesReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
    while (child.process().isAlive() && System.nanoTime() < deadline) {
      if (SocketDirectory.answers(socketDirectory.socket())
          && PostmasterFile.read(files.cluster()).filter(PostmasterFile::ready).isPresent()) {
        return true;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }
}
