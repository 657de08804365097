package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.Phases;
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
record Leftover(Layout layout) {

  private static final int FAST_SECONDS = 60;
  private static final int IMMEDIATE_SECONDS = 10;

  /** To be called by the owner of the lock: stops what runs, and clears a note that misleads. */
  void clear(Phases phases) throws IOException {
    Optional<PostmasterFile> note = PostmasterFile.read(layout.cluster());
    if (note.isEmpty()) {
      return;
    }
    List<ProcessHandle> running = ProcessHandle.allProcesses().filter(this::ours).toList();
    if (!running.isEmpty()) {
      phases.begin("stopping the PostgreSQL of an earlier start");
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
      Files.deleteIfExists(PostmasterFile.in(layout.cluster()));
    }
  }

  private boolean ours(ProcessHandle handle) {
    ProcessView process = ProcessView.of(handle);
    return process.executable().filter(this::isPostgres).isPresent()
        && (process.workingDirectory().filter(layout.cluster()::equals).isPresent()
            || process.arguments().contains(layout.cluster().toString()));
  }

  private boolean isPostgres(Path executable) {
    return executable.endsWith("bin/postgres")
        && (executable.startsWith(layout.runtime()) || executable.startsWith(realRuntime()));
  }

  private Path realRuntime() {
    try {
      return layout.runtime().toRealPath();
    } catch (IOException e) {
      return layout.runtime();
    }
  }

  /** Fast shutdown; if it hangs, the immediate one, which a crash recovery makes good. */
  private void stop(ProcessHandle process) throws IOException {
    Tools.signal("INT", process.pid());
    if (Waiting.until(FAST_SECONDS, () -> gone(process))) {
      return;
    }
    Tools.signal("QUIT", process.pid());
    if (!Waiting.until(IMMEDIATE_SECONDS, () -> gone(process))) {
      throw new IOException("an earlier PostgreSQL, pid " + process.pid() + ", does not stop");
    }
  }

  /** Ended processes whose parent does not ask for them keep their number, but nothing else. */
  private boolean gone(ProcessHandle process) {
    return !process.isAlive() || !ours(process);
  }
}
