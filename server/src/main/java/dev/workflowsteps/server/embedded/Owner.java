package dev.workflowsteps.server.embedded;

import java.util.List;

/**
 * Who owns an instance, as written in its lock file.
 *
 * @param command what it is, for example {@code serve}
 * @param pid its process, for people: in another container the number means another process
 * @param start unlike that of any other start; the connection file carries it too
 * @param shares whether commands may use its server
 */
record Owner(String command, long pid, String start, boolean shares) {

  private static final String SHARES = "shares";

  /** Tolerates a file caught between taking the lock and writing to it. */
  static Owner parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 4) {
      return new Owner("another process", 0, "", true);
    }
    long pid = lines.get(1).matches("[0-9]{1,18}") ? Long.parseLong(lines.get(1)) : 0;
    return new Owner(lines.get(0), pid, lines.get(2), lines.get(3).equals(SHARES));
  }

  /** For example {@code serve, pid 123}. */
  String words() {
    return pid == 0 ? command : command + ", pid " + pid;
  }

  String text() {
    return String.join("\n", command, Long.toString(pid), start, shares ? SHARES : "alone", "");
  }
}
