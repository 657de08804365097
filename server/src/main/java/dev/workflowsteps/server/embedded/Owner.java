package dev.workflowsteps.server.embedded;

import java.util.List;

/**
 * Who owns an instance, as written in its lock file.
 *
 * @param command its command, for example {@code serve}
 * @param pid its process id, for people only: in another container it is another process
 * @param start a unique id of this start, which the connection file repeats
 * @param shares whether commands may use its server
 */
record Owner(String command, long pid, String start, boolean shares) {

  private static final String SHARES = "shares";

  /** Accepts an empty file: the owner takes the lock before it writes. */
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
