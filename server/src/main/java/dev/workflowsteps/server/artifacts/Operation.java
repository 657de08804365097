package dev.workflowsteps.server.artifacts;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The words of an artifact's {@code operation}. */
public final class Operation {

  public static final List<String> ALL =
      List.of(
          "extraction",
          "split",
          "classification",
          "parse",
          "edit",
          "partition",
          "conditional_evaluation",
          "review_trigger_evaluation",
          "while_loop_termination",
          "api_call_invocation",
          "function_invocation");

  /**
   * The word that a text means: in any case, in words run together, and with a name and a dot
   * before it, as the enumerations of several languages are written.
   */
  public static Optional<String> read(String text) {
    String word = plain(text.substring(text.lastIndexOf('.') + 1));
    return ALL.stream().filter(known -> plain(known).equals(word)).findFirst();
  }

  private static String plain(String word) {
    return word.replace("_", "").toLowerCase(Locale.ROOT);
  }

  private Operation() {}
}
