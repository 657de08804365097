package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The account PostgreSQL runs as, and how a program is started under it. A person's own account is
 * used as it is; root, which PostgreSQL refuses, steps down.
 *
 * @param ids as the programs see themselves
 * @param way how to become that account
 * @param tool the program that does it; null for {@link Way#OWN}
 */
record Account(UserIds ids, Way way, Path tool) {

  /** A way to become another account. */
  enum Way {
    /** Not at all. */
    OWN(null),
    /** Really, which takes root and CAP_SETUID; from util-linux. */
    SETPRIV("setpriv"),
    /** Really; from coreutils. Needs no name either, unlike runuser and su. */
    CHROOT("chroot"),
    /** To the program alone: outside the user namespace its files belong to this process. */
    UNSHARE("unshare");

    private final String program;

    Way(String program) {
      this.program = program;
    }

    Optional<Account> to(UserIds ids) {
      return Executables.find(program).map(tool -> new Account(ids, this, tool));
    }
  }

  static Account own(UserIds ids) {
    return new Account(ids, Way.OWN, null);
  }

  /**
   * The account for the files of {@code files}.
   *
   * @param current this process
   */
  static Account choose(InstanceFiles files, UserIds current) {
    if (!current.isRoot()) {
      return own(current);
    }
    UserIds ids = files.serverIds();
    return Stream.of(Way.SETPRIV.to(ids), Way.CHROOT.to(ids), named().flatMap(Way.UNSHARE::to))
        .flatMap(Optional::stream)
        .filter(Account::works)
        .findFirst()
        .orElseThrow(
            () ->
                EmbeddedFailure.machine(
                    "PostgreSQL does not run as root, and this process may not become another"
                        + " account (neither setpriv, chroot nor unshare could): start as a user,"
                        + " with a --data-dir of its own"));
  }

  /** The same files' account with a name, for the program that insists on one. */
  Optional<Account> underAName() {
    return switch (way) {
      case OWN -> named().flatMap(Way.UNSHARE::to).filter(Account::works);
      case SETPRIV, CHROOT -> named().map(lent -> new Account(lent, way, tool));
      case UNSHARE -> Optional.empty();
    };
  }

  /** Who owns what the account's programs make, when that is not this process. */
  Optional<UserIds> fileOwner() {
    return way == Way.SETPRIV || way == Way.CHROOT ? Optional.of(ids) : Optional.empty();
  }

  /** The words to put before a command. */
  List<String> prefix() {
    return switch (way) {
      case OWN -> List.of();
      case SETPRIV ->
          List.of(
              tool.toString(), "--reuid=" + ids.uid(), "--regid=" + ids.gid(), "--clear-groups");
      case CHROOT ->
          List.of(tool.toString(), "--userspec=" + ids.uid() + ":" + ids.gid(), "--groups=", "/");
      case UNSHARE ->
          List.of(tool.toString(), "--user", "--map-user=" + ids.uid(), "--map-group=" + ids.gid());
    };
  }

  List<String> command(List<String> command) {
    List<String> words = new ArrayList<>(prefix());
    words.addAll(command);
    return words;
  }

  /** Whether a program can be started this way at all. */
  private boolean works() {
    return Executables.run(command(List.of("/bin/sh", "-c", ":"))).exit() == 0;
  }

  /**
   * The first directory on the way from the root to {@code directory} that this account cannot
   * enter.
   */
  Optional<Path> barrier(Path directory) {
    String script = "for d; do cd \"$d\" 2>/dev/null || { printf %s \"$d\"; exit 1; }; done";
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    for (int i = 1; i <= directory.getNameCount(); i++) {
      words.add(directory.getRoot().resolve(directory.subpath(0, i)).toString());
    }
    Executables.Result result = Executables.run(command(words));
    return result.exit() == 0 ? Optional.empty() : Optional.of(Path.of(result.output()));
  }

  /** An account that the machine's user list names, for programs that insist on a name. */
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
