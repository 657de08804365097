package dev.workflowsteps.server.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds out whether output goes to a terminal. */
public final class Terminal {

  private static final long MOST_SECONDS = 2;

  /**
   * Whether stderr is a terminal that can overwrite a line. Takes a few milliseconds. Java knows
   * this only of stdin and stdout together, so this asks the program {@code test}; false where
   * there is none.
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
