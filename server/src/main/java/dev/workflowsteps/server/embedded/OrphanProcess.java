package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A PostgreSQL that still runs on our cluster though its owner is gone: for the moment that a
 * killed owner's server takes to stop, or for good when its tiny parent was killed as well.
 *
 * <p>It is recognised by executable and data directory. The number in its note alone proves
 * nothing: after a restart of the machine or container it may be anybody's.
 */
record OrphanProcess(InstanceFiles files) {

  private static final int FAST_SECONDS = 60;
  private static final int IMMEDIATE_SECONDS = 10;

  /** To be called by the owner of the lock: stops what runs, and clears a note that misleads. */
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
    forgetStranger(note.get());
  }

  /** PostgreSQL would not start while a process of the noted number is alive. */
  private void forgetStranger(PostmasterFile note) throws IOException {
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

  /** Fast shutdown; if it hangs, the immediate one, which a crash recovery makes good. */
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

  /** Ended processes whose parent does not ask for them keep their number, but nothing else. */
  private boolean gone(ProcessHandle process) {
    return !process.isAlive() || !ours(process);
  }
}
