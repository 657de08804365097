package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** Creates and removes files and changes their owner; as root it follows no symbolic link. */
final class Directories {

  /** The mode of files that hold secrets. */
  static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final UserIds owner;

  /**
   * @param owner the owner of what is created; null = this process
   */
  Directories(UserIds owner) {
    this.owner = owner;
  }

  /** For files that the account's programs must own. */
  static Directories of(Account account) {
    return new Directories(account.fileOwner().orElse(null));
  }

  /** Makes a directory and its missing parents, with this mode whatever the umask. */
  void make(Path directory, String mode) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (directory.getParent() != null) {
      make(directory.getParent(), mode);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(directory)) {
        return; // another start was quicker
      }
      throw e;
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    give(directory);
  }

  /** Writes a file that its owner alone can read, and that is on the disk on return. */
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

  void give(Path path) throws IOException {
    if (owner != null) {
      Files.setAttribute(path, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  void giveAll(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        give(path);
      }
    }
  }

  /** Removes a file or a directory with all that is in it, or nothing when it does not exist. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Writes a directory's own entries to the disk, so that a rename in it survives a power cut. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
