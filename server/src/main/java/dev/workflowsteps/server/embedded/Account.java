package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The account PostgreSQL runs as, and how to start a program under it. PostgreSQL refuses to run as
 * root, so root switches to another account.
 *
 * @param ids as the started programs see them
 * @param prefix the words to put before a command
 * @param fileOwner who owns what the account's programs make; empty = this process
 */
record Account(UserIds ids, List<String> prefix, Optional<UserIds> fileOwner) {

  /** Searches PATH for the program it starts. */
  private static final String ENV = "/usr/bin/env";

  /**
   * The account for the files of {@code files}.
   *
   * @param current this process
   */
  static Account choose(InstanceFiles files, UserIds current) {
    if (!current.isRoot()) {
      return new Account(current, List.of(), Optional.empty());
    }
    return switchedTo(files.serverIds())
        .or(Account::inUserNamespace)
        .orElseThrow(
            () ->
                EmbeddedFailure.machine(
                    "PostgreSQL does not run as root, and this process can't switch to another"
                        + " account (setpriv, chroot and unshare all failed): start as a user,"
                        + " with a --data-dir of its own"));
  }

  /** An equivalent account that has a user name, for initdb, which requires one. */
  Optional<Account> underAName() {
    return fileOwner.isPresent() ? named().flatMap(Account::switchedTo) : inUserNamespace();
  }

  /** Changes the real account, which needs root and CAP_SETUID, but no user name, unlike su. */
  private static Optional<Account> switchedTo(UserIds ids) {
    String uid = Integer.toString(ids.uid());
    String gid = Integer.toString(ids.gid());
    return Stream.of(
            List.of(ENV, "setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"),
            List.of(ENV, "chroot", "--userspec=" + uid + ":" + gid, "--groups=", "/"))
        .map(words -> new Account(ids, words, Optional.of(ids)))
        .filter(Account::works)
        .findFirst();
  }

  /** A named account within a user namespace; outside, its files belong to this process. */
  private static Optional<Account> inUserNamespace() {
    return named()
        .map(
            ids ->
                new Account(
                    ids,
                    List.of(
                        ENV,
                        "unshare",
                        "--user",
                        "--map-user=" + ids.uid(),
                        "--map-group=" + ids.gid()),
                    Optional.empty()))
        .filter(Account::works);
  }

  /** The command as this account runs it. */
  List<String> command(List<String> command) {
    return Executables.concat(prefix, command);
  }

  private boolean works() {
    return Executables.areUsable(prefix);
  }

  /** The first directory on the way to {@code directory} that this account cannot enter. */
  Optional<Path> barrier(Path directory) {
    String script = "for d; do cd \"$d\" 2>/dev/null || { printf %s \"$d\"; exit 1; }; done";
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    for (int i = 1; i <= directory.getNameCount(); i++) {
      words.add(directory.getRoot().resolve(directory.subpath(0, i)).toString());
    }
    Executables.Result result = Executables.run(command(words));
    return result.exit() == 0 ? Optional.empty() : Optional.of(Path.of(result.output()));
  }

  /** An account that the machine's user list names. */
  private static Optional<UserIds> named() {
    try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
      return lines
          .map(line -> line.split(":"))
          .filter(field -> field.length > 3 && (field[2] + field[3]).matches("[0-9]{2,10}"))
          .map(field -> new UserIds(Integer.parseInt(field[2]), Integer.parseInt(field[3])))
          .filter(UserIds::ordinary)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
