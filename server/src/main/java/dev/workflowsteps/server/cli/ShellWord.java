package dev.workflowsteps.server.cli;

/** Quotes text for commands that a user pastes into a shell. */
public final class ShellWord {

  private static final String PLAIN = "[A-Za-z0-9_./:=@%+,-]+";

  /** The text as one word of a POSIX shell. */
  public static String of(String text) {
    return text.matches(PLAIN) ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private ShellWord() {}
}
