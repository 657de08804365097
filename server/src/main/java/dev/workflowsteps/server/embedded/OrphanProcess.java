package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL that still runs on our cluster although its owner is gone: it is about to stop, or
 * its supervising shell was killed too.
 *
 * <p>Recognised by executable and data directory. The pid in {@code postmaster.pid} alone proves
 * nothing: after a restart of the machine or container another process may have it.
 */
record OrphanProcess(InstanceFiles files) {

  private static final int FAST_SECONDS = 60;
  private static final int IMMEDIATE_SECONDS = 10;

  /** Stops orphans and removes a misleading {@code postmaster.pid}. Only for the lock's owner. */
  void clear(ProgressListener progress) throws IOException {
    Optional<PostmasterFile> note = PostmasterFile.read(files.cluster());
    if (note.isEmpty()) {
      return;
    }
    List<ProcessHandle> running = ProcessHandle.allProcesses().filter(this::ours).toList();
    if (!running.isEmpty()) {
      progress.begin("stopping the PostgreSQL of an earlier start");
    }
    for (ProcessHandle process : running) {
      stop(process);
    }
    removeStalePidFile(note.get());
  }

  /** PostgreSQL doesn't start while any process with the pid of its file is alive. */
  private void removeStalePidFile(PostmasterFile note) throws IOException {
    boolean alive = ProcessHandle.of(note.pid()).isPresent();
    if (alive) {
      Files.deleteIfExists(PostmasterFile.in(files.cluster()));
    }
  }

  private boolean ours(ProcessHandle handle) {
    ProcessView process = ProcessView.of(handle);
    return process.executable().filter(this::isPostgres).isPresent()
        && (process.workingDirectory().filter(files.cluster()::equals).isPresent()
            || process.arguments().contains(files.cluster().toString()));
  }

  private boolean isPostgres(Path executable) {
    return executable.endsWith("bin/postgres")
        && (executable.startsWith(files.runtime()) || executable.startsWith(realRuntime()));
  }

  private Path realRuntime() {
    try {
      return files.runtime().toRealPath();
    } catch (IOException e) {
      return files.runtime();
    }
  }

  /** Fast shutdown; if that hangs, the immediate one, after which the next start recovers. */
  private void stop(ProcessHandle process) throws IOException {
    Executables.signal("INT", process.pid());
    if (Wait.until(FAST_SECONDS, () -> gone(process))) {
      return;
    }
    Executables.signal("QUIT", process.pid());
    if (!Wait.until(IMMEDIATE_SECONDS, () -> gone(process))) {
      throw new IOException("an earlier PostgreSQL, pid " + process.pid() + ", does not stop");
    }
  }

  /** A zombie keeps its pid but has no executable any more. */
  private boolean gone(ProcessHandle process) {
    return !process.isAlive() || !ours(process);
  }
}
