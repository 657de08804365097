package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The processes of PostgreSQL that run on a cluster. They may outlive their owner: for an instant,
 * or because the shell above them was killed too.
 *
 * <p>They are recognized by their program and data directory. The pid in {@code postmaster.pid}
 * alone proves nothing: after a restart of the machine or container another process may have it.
 */
record ClusterProcesses(InstanceFiles files) {

  private static final int FAST_SECONDS = 60;
  private static final int IMMEDIATE_SECONDS = 10;
  private static final int POLL_MILLIS = 10;

  /**
   * Stops them and removes a misleading {@code postmaster.pid}. Only for the lock's owner.
   *
   * <p>Tries a fast shutdown, then the immediate one, then SIGKILL; none loses a commit. Signals go
   * to the postmaster alone, which stops its children in order; children without it are killed.
   */
  void stop(ProgressListener progress) throws IOException, InterruptedException {
    Optional<PostmasterFile> note = PostmasterFile.read(files.cluster());
    if (note.isEmpty()) {
      return;
    }
    Predicate<ProcessHandle> ours = ours();
    List<ProcessHandle> postmaster =
        ProcessHandle.of(note.get().pid()).filter(ours).stream().toList();
    if (!postmaster.isEmpty()) {
      progress.begin("stopping the PostgreSQL of an earlier start");
    }
    if (!end("INT", FAST_SECONDS, postmaster, ours)
        && !end("QUIT", IMMEDIATE_SECONDS, postmaster, ours)) {
      end("KILL", IMMEDIATE_SECONDS, postmaster, ours);
    }
    List<ProcessHandle> children = ProcessHandle.allProcesses().filter(ours).toList();
    if (!end("KILL", IMMEDIATE_SECONDS, children, ours)) {
      throw new IOException(
          "an earlier PostgreSQL, pid " + children.get(0).pid() + ", does not stop");
    }
    // PostgreSQL doesn't start while any process with the pid of its file is alive.
    if (ProcessHandle.of(note.get().pid()).isPresent()) {
      Files.deleteIfExists(PostmasterFile.in(files.cluster()));
    }
  }

  /** Whether all of them end within that time after the signal. */
  private static boolean end(
      String signal, int seconds, List<ProcessHandle> processes, Predicate<ProcessHandle> ours)
      throws InterruptedException {
    processes.forEach(process -> Executables.signal(signal, process.pid()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    // A zombie keeps its pid but has no program any more.
    while (processes.stream().anyMatch(process -> process.isAlive() && ours.test(process))) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  /**
   * The working directory of all is the cluster, but it is known only where /proc may be read. Root
   * without CAP_SYS_PTRACE may not, and recognizes the postmaster by its command line.
   */
  private Predicate<ProcessHandle> ours() throws IOException {
    String argument = " -D " + files.cluster() + " ";
    List<Path> programs = List.of(files.runtime(), files.runtime().toRealPath());
    return process -> {
      String line = process.info().commandLine().orElse("");
      return programs.stream().anyMatch(directory -> line.startsWith(directory + "/"))
          && (line.contains(argument) || worksInCluster(process));
    };
  }

  private boolean worksInCluster(ProcessHandle process) {
    try {
      Path directory = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.isSameFile(directory, files.cluster());
    } catch (IOException e) {
      return false; // it has ended, or this account may not look
    }
  }
}
