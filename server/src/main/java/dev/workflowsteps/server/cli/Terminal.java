package dev.workflowsteps.server.cli;

import java.io.IOException;
import java.util.Map;

/** Finds out whether output goes to a terminal. */
public final class Terminal {

  /**
   * Whether stderr is a terminal that can overwrite a line. Takes a few milliseconds. Java knows
   * this only of stdin and stdout together, so this asks the program {@code test}; false where
   * there is none.
   */
  public static boolean isStderr(Map<String, String> variables) {
    if (variables.getOrDefault("TERM", "dumb").equals("dumb")) {
      return false;
    }
    try {
      return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Terminal() {}
}
