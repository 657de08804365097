package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one process the owner of an instance. The system releases the lock when the process ends,
 * however it ends, so a lock is never stale; the text in the file may be.
 */
final class OwnerLock implements AutoCloseable {

  /**
   * The locks of this JVM. The system counts locks by process and drops them when the process
   * closes any descriptor of the file, so a file locked here must not be opened here again.
   */
  private static final Map<Path, Owner> MINE = new ConcurrentHashMap<>();

  private static final Set<OpenOption> OPTIONS =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  private final Path file;
  private final FileChannel channel;
  private final Object fileKey;
  private Owner owner;

  private OwnerLock(Path file, FileChannel channel, Owner owner) throws IOException {
    this.file = file;
    this.channel = channel;
    this.owner = owner;
    this.fileKey = fileKey();
  }

  /**
   * Takes the lock, or fails at once.
   *
   * @param file in an existing directory; made when missing and never removed
   */
  static OwnerLock take(Path file, Owner owner) throws IOException, AlreadyOwnedException {
    Owner mine = MINE.putIfAbsent(file, owner);
    if (mine != null) {
      throw new AlreadyOwnedException(mine);
    }
    try {
      return takeFromOthers(file, owner);
    } catch (IOException | AlreadyOwnedException | RuntimeException e) {
      MINE.remove(file);
      throw e;
    }
  }

  /** Tells commands how to reach the server. */
  void share(Path socket, String password) throws IOException {
    owner = owner.reachedBy(socket, password);
    MINE.put(file, owner);
    channel.write(StandardCharsets.UTF_8.encode(owner.text()), 0);
  }

  /** False if the file was removed or replaced: then another process may own the directory. */
  boolean held() {
    try {
      return Objects.equals(fileKey, fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** Releases the lock: the system drops it with the channel. */
  @Override
  public void close() throws IOException {
    try {
      channel.truncate(0);
    } finally {
      channel.close();
      MINE.remove(file);
    }
  }

  private static OwnerLock takeFromOthers(Path file, Owner owner)
      throws IOException, AlreadyOwnedException {
    FileChannel channel = FileChannel.open(file, OPTIONS, Directories.PRIVATE);
    try {
      if (channel.tryLock() == null) {
        throw new AlreadyOwnedException(Owner.parse(Files.readString(file)));
      }
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(owner.text()));
      return new OwnerLock(file, channel, owner);
    } catch (IOException | AlreadyOwnedException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
