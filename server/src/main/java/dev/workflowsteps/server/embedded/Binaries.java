package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.LongSummaryStatistics;
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

  static Binaries in(Path runtime, Platform platform) {
    return new Binaries(runtime.resolve(RELEASE + "-" + platform.name()), platform);
  }

  /**
   * Unpacks what is missing, and fails where the account cannot run it. Starts that race wait for
   * the first.
   */
  void ensure(Account account, Directories directories, ProgressListener progress)
      throws IOException {
    if (!complete()) {
      unpackAlone(directories, progress);
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
  private void unpackAlone(Directories directories, ProgressListener progress) throws IOException {
    progress.begin("unpacking PostgreSQL " + VERSION);
    Path lockFile = directory.resolveSibling("lock");
    synchronized (Binaries.class) {
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        directories.give(lockFile);
        if (lock.isValid() && !complete()) {
          unpack(directories);
        }
      }
    }
  }

  private void unpack(Directories directories) throws IOException {
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
    Directories.delete(unfinished);
    Directories.delete(directory);
    try (InputStream packed = Binaries.class.getResourceAsStream(platform.archive())) {
      new Directories(null).make(unfinished, "rwxr-xr-x");
      new Archive(unfinished).unpack(packed);
      Files.writeString(unfinished.resolve(MARKER), measure(unfinished));
      directories.giveAll(unfinished);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Directories.delete(unfinished);
      throw e;
    }
  }

  /** Cheap; detects files truncated by a power cut or deleted. */
  private boolean complete() throws IOException {
    Path marker = directory.resolve(MARKER);
    return Files.isRegularFile(marker) && Files.readString(marker).equals(measure(directory));
  }

  private static String measure(Path unpacked) throws IOException {
    try (Stream<Path> tree = Files.walk(unpacked)) {
      LongSummaryStatistics sizes =
          tree.filter(path -> Files.isRegularFile(path) && !path.endsWith(MARKER))
              .mapToLong(path -> path.toFile().length())
              .summaryStatistics();
      return sizes.getCount() + " files, " + sizes.getSum() + " bytes\n";
    }
  }
}
