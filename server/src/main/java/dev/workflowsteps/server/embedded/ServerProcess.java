package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A running PostgreSQL of ours. */
final class ServerProcess {

  /** Somebody may take the port between our look and PostgreSQL's. */
  private static final int PORT_TRIES = 5;

  private static final int POLL_MILLIS = 10;

  /** Recovery after a crash replays at most max_wal_size; slow disks need their time. */
  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);

  private static final int FAST_SECONDS = 60;
  private static final int IMMEDIATE_SECONDS = 10;

  private final SupervisedProcess child;
  private final InstanceFiles files;
  private final int port;

  private ServerProcess(SupervisedProcess child, InstanceFiles files, int port) {
    this.child = child;
    this.files = files;
    this.port = port;
  }

  /** Returns when the server takes connections. Leaves nothing running when it fails. */
  static ServerProcess start(
      InstanceFiles files,
      Binaries binaries,
      Account account,
      ServerLog log,
      ProgressListener progress)
      throws IOException {
    progress.begin("starting PostgreSQL");
    String said = "";
    for (int i = 0; i < PORT_TRIES; i++) {
      long before = log.size();
      ServerProcess server = launch(files, binaries, account, log);
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

  /** Completes with the exit code when the server has ended, for whatever reason. */
  CompletableFuture<Integer> exited() {
    return child.process().onExit().thenApply(Process::exitValue);
  }

  /**
   * Fast shutdown: open transactions are rolled back, everything is written. Where that hangs, the
   * immediate one, and at last SIGKILL; both lose nothing, the next start recovers.
   */
  void stop() throws IOException {
    Optional<ProcessHandle> server = noted().flatMap(note -> ProcessHandle.of(note.pid()));
    child.stop();
    if (ended(FAST_SECONDS, server)) {
      return;
    }
    signal("QUIT", server);
    if (!ended(IMMEDIATE_SECONDS, server)) {
      signal("KILL", server);
      ended(IMMEDIATE_SECONDS, server);
    }
  }

  private static ServerProcess launch(
      InstanceFiles files, Binaries binaries, Account account, ServerLog log) throws IOException {
    int port = Loopback.freePort();
    List<String> command = new ArrayList<>();
    command.add(binaries.program("postgres").toString());
    command.addAll(List.of("-D", files.cluster().toString()));
    PostgresConfiguration.arguments(port).forEach(command::add);
    return new ServerProcess(SupervisedProcess.start(account, command, log.file()), files, port);
  }

  private boolean becomesReady() throws IOException {
    long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
    while (child.process().isAlive() && System.nanoTime() < deadline) {
      if (noted().filter(PostmasterFile::ready).isPresent() && Loopback.answers(port)) {
        return true;
      }
      Wait.pause(POLL_MILLIS);
    }
    return false;
  }

  /** The port tells our server's note from one left by a killed server. */
  private Optional<PostmasterFile> noted() throws IOException {
    return PostmasterFile.read(files.cluster()).filter(note -> note.port() == port);
  }

  private static void signal(String name, Optional<ProcessHandle> server) {
    server.ifPresent(process -> Executables.signal(name, process.pid()));
  }

  /** The parent ends with its server; but it may have been killed alone. */
  private boolean ended(int seconds, Optional<ProcessHandle> server) throws IOException {
    return Wait.within(seconds, child.process().onExit())
        && Wait.until(seconds, () -> server.filter(this::alive).isEmpty());
  }

  /** Its note goes with the server; its number may stay when nobody asks how it ended. */
  private boolean alive(ProcessHandle server) {
    return server.isAlive() && Files.exists(PostmasterFile.in(files.cluster()));
  }
}
