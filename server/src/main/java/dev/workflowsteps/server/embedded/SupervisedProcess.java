package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL program under a small shell that outlives this JVM. The shell reads a pipe from the
 * JVM. When the pipe closes, because the JVM closed it or was killed, the shell sends SIGINT,
 * PostgreSQL's fast shutdown.
 *
 * <p>Both run in a session of their own: Ctrl-C on a terminal then reaches only the JVM, which
 * drains before it stops the database.
 */
final class SupervisedProcess {

  /**
   * The shell waits for the program and returns its exit code; a guard beside it waits for the
   * pipe. The first argument is the program's input, the rest its command. The guard repeats the
   * signal, since a program that has just started ignores it. The shell ignores signals, so that it
   * ends only with its program.
   */
  private static final String PARENT =
      """
      exec 3<&0
      input=$1
      shift
      "$@" <"$input" 3<&- &
      program=$!
      (read -r line <&3; while kill -INT $program; do sleep 1; done) >/dev/null 2>&1 &
      guard=$!
      exec 3<&-
      trap '' HUP INT QUIT TERM
      wait $program
      status=$?
      kill $guard
      exit $status
      """;

  private static final String SESSION_BY_PERL =
      "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV";

  private final Process process;

  private SupervisedProcess(Process process) {
    this.process = process;
  }

  static SupervisedProcess start(Account account, List<String> program, Path log)
      throws IOException {
    return start(account, Path.of("/dev/null"), program, log);
  }

  /**
   * @param input a file that the program reads
   * @param log its output is appended here
   */
  static SupervisedProcess start(Account account, Path input, List<String> program, Path log)
      throws IOException {
    List<String> parent = List.of("/bin/sh", "-c", PARENT, "sh", input.toString());
    List<String> command =
        Executables.concat(session(), account.command(Executables.concat(parent, program)));
    return new SupervisedProcess(
        Executables.builder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  Process process() {
    return process;
  }

  /** The exit code of a program; one that takes longer is stopped. */
  int await(Duration limit) throws IOException, InterruptedException {
    if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
      stop();
      throw new IOException("no end after " + limit.toSeconds() + " s");
    }
    return process.exitValue();
  }

  /** Closes the pipe, which stops the program. */
  void stop() throws IOException {
    process.getOutputStream().close();
  }

  /** macOS has perl instead of setsid. Without either, Ctrl-C stops the database too early. */
  private static List<String> session() {
    return Stream.of(
            List.of("/usr/bin/env", "setsid"),
            List.of("/usr/bin/env", "perl", "-e", SESSION_BY_PERL))
        .filter(Executables::areUsable)
        .findFirst()
        .orElse(List.of());
  }
}
