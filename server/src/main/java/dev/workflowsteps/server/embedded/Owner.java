package dev.workflowsteps.server.embedded;

import java.nio.file.Path;
import java.util.List;

/**
 * Who owns an instance, as written in its lock file, which only the owner of the files can read.
 *
 * @param command its command, for example {@code serve}
 * @param pid its process id, for people only: in another container it is another process
 * @param shares whether commands may use its server
 * @param socket of its server; empty = it can't be used yet
 * @param password of its server
 */
record Owner(String command, long pid, boolean shares, String socket, String password) {

  private static final String SHARES = "shares";
  private static final String FORM = "[^\n]+\n[0-9]{1,18}\n[a-z]+\n[^\n]*\n[^\n]*\n";

  /** Earlier versions listened on TCP, and wrote their port instead of the socket. */
  private static final String PORT = "[0-9]+";

  Owner(String command, boolean shares) {
    this(command, ProcessHandle.current().pid(), shares, "", "");
  }

  /** Accepts an empty file: the owner takes the lock before it writes. */
  static Owner parse(String text) {
    if (!text.matches(FORM)) {
      return new Owner("another process", 0, true, "", "");
    }
    List<String> lines = text.lines().toList();
    String socket = lines.get(3);
    return new Owner(
        lines.get(0),
        Long.parseLong(lines.get(1)),
        lines.get(2).equals(SHARES) && !socket.matches(PORT),
        socket,
        lines.get(4));
  }

  Owner reachedBy(Path usableSocket, String itsPassword) {
    return new Owner(command, pid, shares, usableSocket.toString(), itsPassword);
  }

  /** Whether it runs until it is stopped, by the names of the commands that do. */
  boolean serves() {
    return command.startsWith("serve");
  }

  /** False for an owner that has not written its name yet, or has removed it. */
  boolean named() {
    return pid != 0;
  }

  /** For example {@code serve, pid 123}. */
  String words() {
    return pid == 0 ? command : command + ", pid " + pid;
  }

  String text() {
    return "%s\n%d\n%s\n%s\n%s\n"
        .formatted(command, pid, shares ? SHARES : "alone", socket, password);
  }
}
