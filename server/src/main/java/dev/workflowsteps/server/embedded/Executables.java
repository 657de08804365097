package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The small programs of the system that are asked for what Java cannot do. */
final class Executables {

  /** Where services started without a PATH, or as a user without sbin, find them all the same. */
  private static final String STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  /**
   * @param output what it wrote, errors included
   */
  record Result(int exit, String output) {}

  private Executables() {}

  /** The program of that name in the PATH, the system's directories after it. */
  static Optional<Path> find(String name) {
    return Stream.of(path().split(":"))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a program that ends by itself and says little. A program that cannot start exits 127. */
  static Result run(List<String> command) {
    try {
      Process process = builder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted during " + command.get(0), e));
    }
  }

  static Result run(String... command) {
    return run(List.of(command));
  }

  /** Java itself sends SIGTERM and SIGKILL alone. */
  static void signal(String name, long pid) {
    run("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid));
  }

  /** An environment of our own: PGOPTIONS or LC_ALL of the caller must not change the server. */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", path());
    builder.environment().put("LC_ALL", "C");
    return builder.directory(Path.of("/").toFile());
  }

  private static String path() {
    return System.getenv().getOrDefault("PATH", "") + ":" + STANDARD_PATH;
  }
}
