package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The system's programs, for what Java can't do. */
final class Executables {

  /** Added to PATH, which may be missing, or lack sbin. */
  private static final String STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  /**
   * @param output stdout and stderr
   */
  record Result(int exit, String output) {}

  private Executables() {}

  /** Runs a short program to its end. A program that can't start exits with 127. */
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

  /** Whether a command runs when these words stand before it. */
  static boolean areUsable(List<String> prefix) {
    return run(concat(prefix, List.of("/bin/sh", "-c", ":"))).exit() == 0;
  }

  static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  static Result run(String... command) {
    return run(List.of(command));
  }

  /**
   * Runs a short program that must succeed.
   *
   * @throws IOException with its words if it does not
   */
  static void require(String... command) throws IOException {
    Result result = run(command);
    if (result.exit() != 0) {
      throw new IOException(result.output().strip());
    }
  }

  /** Sends a signal; Java itself can send only SIGTERM and SIGKILL. */
  static void signal(String name, long pid) {
    run("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid));
  }

  /** With a fresh environment: PGOPTIONS or LC_ALL must not change the server. */
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
