package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** The numbers of an account and its group. */
record UserIds(int uid, int gid) {

  static final UserIds ROOT = new UserIds(0, 0);

  /**
   * The account that root's PostgreSQL runs as when the data directory names no other. A number of
   * its own, so that the files keep their owner when a container is built anew; it lies in the
   * range that neither distributions, nor people, nor containers' mappings hand out (60578 to
   * 61183), and is not {@code nobody}, whose files every other service without an account could
   * read.
   */
  static final UserIds DEDICATED = new UserIds(60832, 60832);

  private static final int NOBODY = 65534;

  /** The account of this process. */
  static UserIds current() {
    Executables.Result result = Executables.run("/bin/sh", "-c", "id -u; id -g");
    String[] lines = result.output().split("\n");
    if (result.exit() != 0 || lines.length < 2) {
      throw EmbeddedFailure.machine(
          "The account of this process is unknown, because \"id\" failed");
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

  /** Whether files can be left to this account: neither root nor the account of no one. */
  boolean ordinary() {
    return uid != 0 && uid != NOBODY;
  }
}
