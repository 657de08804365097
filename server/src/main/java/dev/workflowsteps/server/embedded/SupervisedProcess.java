package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of PostgreSQL under a tiny parent that outlives this JVM: the parent holds the other
 * end of a pipe, and when the pipe breaks, because this process closed it or was killed, it ends
 * the program by SIGINT, PostgreSQL's fast shutdown.
 *
 * <p>Both run in a session of their own, so that Ctrl-C at a terminal reaches this process alone,
 * which then drains before it stops the database.
 */
final class SupervisedProcess {

  /**
   * The parent waits for the program, to tell its exit; beside it a guard waits for the pipe. The
   * first argument is the program's input, the rest its command. The guard repeats itself, because
   * a program that has just begun still ignores the signal. The parent ignores signals: it ends
   * with its program and not before.
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
   * @param log what it says is appended here
   */
  static SupervisedProcess start(Account account, Path input, List<String> program, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(session());
    command.addAll(account.prefix());
    command.addAll(List.of("/bin/sh", "-c", PARENT, "sh", input.toString()));
    command.addAll(program);
    return new SupervisedProcess(
        Executables.builder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  Process process() {
    return process;
  }

  /** Waits for a program that ends by itself; stops it when it takes too long. */
  int await(Duration limit) throws IOException {
    if (!Wait.within(limit.toSeconds(), process.onExit())) {
      stop();
      throw new IOException("no end after " + limit.toSeconds() + " s");
    }
    return process.exitValue();
  }

  /** Breaks the pipe: the program is told to end. */
  void stop() throws IOException {
    process.getOutputStream().close();
  }

  /** macOS has no setsid program, but a perl. Without either Ctrl-C stops the database early. */
  private static List<String> session() {
    Optional<List<String>> setsid =
        Executables.find("setsid").map(tool -> List.of(tool.toString()));
    return setsid
        .or(
            () ->
                Executables.find("perl")
                    .map(tool -> List.of(tool.toString(), "-e", SESSION_BY_PERL)))
        .orElse(List.of());
  }
}
