package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Creates, reads and removes files and changes their owner. What may lie in a directory of another
 * account is handled so that no link and no race leads root elsewhere.
 */
final class Directories {

  /** The mode of files that hold secrets. */
  static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final int MOST_READ = 4096;

  private final Optional<UserIds> owner;

  /**
   * @param owner the owner of what is created; empty = this process
   */
  Directories(Optional<UserIds> owner) {
    this.owner = owner;
  }

  /** For files that the account's programs must own. */
  static Directories of(Account account) {
    return new Directories(account.fileOwner());
  }

  /** Makes a directory and its missing parents, with this mode whatever the umask. */
  static void make(Path directory, String mode) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (directory.getParent() != null) {
      make(directory.getParent(), mode);
    }
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(directory)) {
        return; // another start was quicker
      }
      throw e;
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
  }

  /** Makes an empty directory for its owner alone, in place of whatever is there. */
  void makePrivate(Path directory) throws IOException {
    delete(directory);
    make(directory, PosixFilePermissions.toString(OWNER_ONLY));
    give(directory);
  }

  /**
   * Writes a file that its owner alone can read, and that is on the disk on return.
   *
   * @param file in a directory that no other account may write to
   */
  void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, PRIVATE)) {
      channel.write(StandardCharsets.UTF_8.encode(text));
      channel.force(true);
    }
    give(file);
  }

  /**
   * Reads a small file that another account may have made: what it holds must be checked, since it
   * may also be another name of a file that only root can read.
   *
   * @throws IOException also if it is a link or no ordinary file
   */
  static String readForeign(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw notOrdinary(file);
    }
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      ByteBuffer bytes = ByteBuffer.allocate(MOST_READ);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Goes on.
      }
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
  }

  static IOException notOrdinary(Path file) {
    return new IOException(file + " is no ordinary file; move it away");
  }

  /**
   * Makes a directory private to this process, so that nobody else can change what its entries are.
   */
  void take(Path directory) throws IOException {
    if (owner.isPresent()) {
      give(directory, UserIds.ROOT);
      Files.setPosixFilePermissions(directory, OWNER_ONLY);
    }
  }

  /** The last act on a file or directory: its owner may replace what is in it. */
  void give(Path path) throws IOException {
    if (owner.isPresent()) {
      give(path, owner.get());
    }
  }

  private static void give(Path path, UserIds ids) throws IOException {
    Files.setAttribute(path, "unix:gid", ids.gid(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:uid", ids.uid(), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Gives a directory and all that is in it. Nobody else may enter it meanwhile, and no file may
   * have another name: that could be one of root's.
   */
  void giveAll(Path directory) throws IOException {
    if (owner.isEmpty()) {
      return;
    }
    take(directory);
    requireOneName(directory);
    UserIds ids = owner.get();
    Executables.require(
        "chown", "-R", "-P", "-h", ids.uid() + ":" + ids.gid(), directory.toString());
  }

  private static void requireOneName(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Iterator<Path> paths = tree.iterator(); paths.hasNext(); ) {
        Path path = paths.next();
        Map<String, Object> file =
            Files.readAttributes(path, "unix:isDirectory,nlink", LinkOption.NOFOLLOW_LINKS);
        if (!(Boolean) file.get("isDirectory") && (Integer) file.get("nlink") > 1) {
          throw new IOException(
              path + " has other names (hard links); replace " + directory + " with a copy of it");
        }
      }
    }
  }

  /**
   * Removes a file or a directory with all that is in it, or nothing when it does not exist. The
   * system's rm never leaves the directory, even if somebody replaces parts of it meanwhile.
   */
  static void delete(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Executables.require("rm", "-rf", "--", path.toString());
    }
  }

  /** Writes a directory's own entries to the disk, so that a rename in it survives a power cut. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
