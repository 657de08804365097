package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is known of another process. Read from /proc on Linux: Java itself gives no executable where
 * it may not read that link, as root in a container without CAP_SYS_PTRACE.
 *
 * @param arguments without the executable
 */
record ProcessView(
    Optional<Path> executable, Optional<Path> workingDirectory, List<String> arguments) {

  private static final String DELETED = " (deleted)";

  static ProcessView of(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    return Files.isDirectory(proc) ? ofProc(proc) : ofJava(process);
  }

  private static ProcessView ofProc(Path proc) {
    List<String> words = words(proc.resolve("cmdline"));
    Optional<Path> named = words.stream().findFirst().filter(w -> w.startsWith("/")).map(Path::of);
    return new ProcessView(
        link(proc.resolve("exe")).or(() -> named),
        link(proc.resolve("cwd")),
        words.stream().skip(1).toList());
  }

  private static ProcessView ofJava(ProcessHandle process) {
    ProcessHandle.Info info = process.info();
    return new ProcessView(
        info.command().map(Path::of),
        Optional.empty(),
        info.arguments().map(List::of).orElse(List.of()));
  }

  private static Optional<Path> link(Path link) {
    try {
      String target = Files.readSymbolicLink(link).toString();
      boolean deleted = target.endsWith(DELETED);
      return Optional.of(
          Path.of(deleted ? target.substring(0, target.length() - DELETED.length()) : target));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static List<String> words(Path commandLine) {
    try {
      return List.of(Files.readString(commandLine).split("\0"));
    } catch (IOException e) {
      return List.of(); // gone since, or not readable
    }
  }
}
