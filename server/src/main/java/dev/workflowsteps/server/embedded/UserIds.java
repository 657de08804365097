package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** The user id and group id of an account. */
record UserIds(int uid, int gid) {

  /**
   * Root starts PostgreSQL as this account, unless another one owns the data directory. The id is
   * fixed, so that a rebuilt container can use the files. No distribution, user tool or container
   * mapping assigns ids from 60578 to 61183. {@code nobody} would not do: other services run as
   * nobody and could read the files.
   */
  static final UserIds DEDICATED = new UserIds(60832, 60832);

  static final UserIds ROOT = new UserIds(0, 0);

  private static final int NOBODY = 65534;

  /** The account of this process. */
  static UserIds current() {
    Executables.Result result = Executables.run("/bin/sh", "-c", "id -u; id -g");
    String[] lines = result.output().split("\n");
    if (result.exit() != 0 || lines.length < 2) {
      throw EmbeddedFailure.machine(
          "The command \"id\", which tells the account of this process, failed");
    }
    return new UserIds(Integer.parseInt(lines[0].strip()), Integer.parseInt(lines[1].strip()));
  }

  static UserIds ownerOf(Path path) throws IOException {
    Map<String, Object> owner =
        Files.readAttributes(path, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
    return new UserIds((Integer) owner.get("uid"), (Integer) owner.get("gid"));
  }

  boolean isRoot() {
    return uid == 0;
  }

  /** Whether the account may own files: neither root nor {@code nobody}. */
  boolean ordinary() {
    return uid != 0 && uid != NOBODY;
  }
}
