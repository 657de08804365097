package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs, unpacked once per release and machine kind into {@code BASE/runtime} and
 * shared by its instances.
 */
record Binaries(Path directory, Platform platform) {

  /** The release of the binaries' jars; a test compares it with what the programs say. */
  static final String RELEASE = "18.6.0";

  /** As people name it. */
  static final String VERSION = RELEASE.substring(0, RELEASE.lastIndexOf('.'));

  /** Written last: how many files there are and how long they are together. */
  private static final String MARKER = "complete";

  private static final Set<OpenOption> LOCK_OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  static Binaries in(Path runtime, Platform platform) {
    return new Binaries(runtime.resolve(RELEASE + "-" + platform.name()), platform);
  }

  /**
   * Unpacks what is missing, and fails where the account cannot run it. Starts that race wait for
   * the first.
   */
  void ensure(Account account, ProgressListener progress) throws IOException {
    if (!complete()) {
      unpackAlone(progress);
    }
    check(account);
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  private void check(Account account) {
    List<String> command = List.of(program("postgres").toString(), "--version");
    Executables.Result result = Executables.run(account.command(command));
    if (result.exit() == 0) {
      return;
    }
    if (result.output().contains("ermission denied")) {
      throw EmbeddedFailure.directory(
          "PostgreSQL's programs cannot be started in "
              + directory
              + ", because its file system is mounted noexec");
    }
    throw EmbeddedFailure.machine(
        "PostgreSQL's program does not run on this machine (" + result.output().strip() + ")");
  }

  /** Checks again inside the lock: another start may have unpacked meanwhile. */
  private void unpackAlone(ProgressListener progress) throws IOException {
    progress.begin("unpacking PostgreSQL " + VERSION);
    Path lockFile = directory.resolveSibling("lock");
    synchronized (Binaries.class) {
      try (FileChannel channel = FileChannel.open(lockFile, LOCK_OPTIONS, Directories.PRIVATE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !complete()) {
          unpack();
        }
      }
    }
  }

  private void unpack() throws IOException {
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
    Directories.delete(unfinished);
    Directories.delete(directory);
    try (InputStream packed = Binaries.class.getResourceAsStream(platform.archive())) {
      // Closed, so that nobody writes to a file before it has its mode.
      Directories.make(unfinished, "rwx------");
      new Archive(unfinished).unpack(packed);
      String measured = measure(unfinished).orElseThrow(() -> new IOException("several owners"));
      new Directories(Optional.empty()).write(unfinished.resolve(MARKER), measured);
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Directories.delete(unfinished);
      throw e;
    }
  }

  /** Cheap; detects files truncated by a power cut or deleted, and those of another account. */
  private boolean complete() throws IOException {
    Path marker = directory.resolve(MARKER);
    return Files.isRegularFile(marker)
        && measure(directory).equals(Optional.of(Files.readString(marker)));
  }

  /** What is there; empty if a part of it belongs to another account than the directory. */
  private static Optional<String> measure(Path unpacked) throws IOException {
    int owner = UserIds.ownerOf(unpacked).uid();
    LongSummaryStatistics sizes = new LongSummaryStatistics();
    try (Stream<Path> tree = Files.walk(unpacked)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        if (UserIds.ownerOf(path).uid() != owner) {
          return Optional.empty();
        }
        if (Files.isRegularFile(path) && !path.endsWith(MARKER)) {
          sizes.accept(Files.size(path));
        }
      }
    }
    return Optional.of(sizes.getCount() + " files, " + sizes.getSum() + " bytes\n");
  }
}
