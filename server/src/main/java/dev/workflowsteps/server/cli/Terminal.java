package dev.workflowsteps.server.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds out whether a person is looking on. */
public final class Terminal {

  /** Goes to the beginning of the line and wipes it. */
  static final String CLEAR_LINE = "\r\u001b[K";

  private static final long MOST_SECONDS = 2;

  /**
   * Whether stderr is a terminal that can overwrite a line. Costs a few milliseconds. Java tells
   * about stdin and stdout together only, so this asks {@code test}; where there is none, nobody is
   * looking.
   */
  public static boolean isStderr(Map<String, String> variables) {
    String kind = variables.getOrDefault("TERM", "dumb");
    return !kind.equals("dumb") && test("-t", "2");
  }

  private static boolean test(String condition, String argument) {
    try {
      Process test =
          new ProcessBuilder("test", condition, argument).redirectError(Redirect.INHERIT).start();
      if (test.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        return test.exitValue() == 0;
      }
      test.destroyForcibly();
      return false;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Terminal() {}
}
