package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses paths of which somebody else could change a part, and so lead root to any file of the
 * machine: by a link, or by another directory in the place of the first. What is not refused nobody
 * else can change between this check and its use.
 *
 * @param account whose files are used, beside those of root
 */
record SecurePath(UserIds account) {

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final int STICKY = 01000;

  /**
   * The path without links. What does not exist yet stays as it is.
   *
   * @param path absolute
   * @throws dev.workflowsteps.server.config.StartupException if another account owns a part of it
   *     or may write to one; in a directory like /tmp it may own and change other entries
   */
  Path resolve(Path path) throws IOException {
    return resolve(path, false);
  }

  /** As {@link #resolve}, but the directory at its end may be another account's. */
  Path resolveUpTo(Path path) throws IOException {
    return resolve(path, true);
  }

  private Path resolve(Path path, boolean foreignEnd) throws IOException {
    Deque<Path> names = new ArrayDeque<>();
    path.forEach(names::addLast);
    Path at = path.getRoot();
    require(at, attributes(at).orElseThrow(() -> new NoSuchFileException(path.toString())));
    int links = 0;
    while (!names.isEmpty()) {
      Path next = at.resolve(names.removeFirst()).normalize();
      Optional<Map<String, Object>> attributes = attributes(next);
      if (attributes.isEmpty()) {
        for (Path name : names) {
          next = next.resolve(name);
        }
        return next.normalize();
      }
      boolean link = (Boolean) attributes.get().get("isSymbolicLink");
      if (link || !names.isEmpty() || !foreignEnd) {
        require(next, attributes.get());
      }
      if (!link) {
        at = next;
        continue;
      }
      links++;
      if (links > MOST_LINKS) {
        throw new IOException(path + " leads through too many symbolic links");
      }
      Path target = at.resolve(Files.readSymbolicLink(next));
      // The whole target, from the root on: a part of it may be a link itself.
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        names.addFirst(target.getName(i));
      }
      at = target.getRoot();
    }
    return at;
  }

  private static Optional<Map<String, Object>> attributes(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(
              path, "unix:uid,gid,mode,permissions,isSymbolicLink", LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void require(Path path, Map<String, Object> attributes) {
    int uid = (Integer) attributes.get("uid");
    if (uid != 0 && uid != account.uid()) {
      throw EmbeddedFailure.insecure(
          "%s belongs to uid %d".formatted(path, uid), "start this program as that user");
    }
    boolean link = (Boolean) attributes.get("isSymbolicLink");
    boolean sticky = ((Integer) attributes.get("mode") & STICKY) != 0;
    @SuppressWarnings("unchecked")
    Set<PosixFilePermission> permissions = (Set<PosixFilePermission>) attributes.get("permissions");
    boolean shared =
        permissions.contains(PosixFilePermission.GROUP_WRITE)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    if (shared && !link && !sticky) {
      throw EmbeddedFailure.insecure(
          "%s (mode %s) can be changed by other users"
              .formatted(path, PosixFilePermissions.toString(permissions)),
          "run \"chmod go-w %s\" if you trust what is there".formatted(path));
    }
  }
}
