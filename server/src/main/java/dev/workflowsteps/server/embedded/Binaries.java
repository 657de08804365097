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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

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

  private static final int LOCK_TRIES = 1_200;
  private static final int LOCK_PAUSE_MILLIS = 100;

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
      unpackAlone(account, directories, progress);
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
      throw notExecutable(directory);
    }
    throw EmbeddedFailure.machine(
        "PostgreSQL's program does not run on this machine (" + result.output().strip() + ")");
  }

  /** Inside the lock a second look: the start before this one may have done the work. */
  private void unpackAlone(Account account, Directories directories, ProgressListener progress)
      throws IOException {
    synchronized (Binaries.class) {
      Path runtime = directory.getParent();
      try (FileChannel channel =
              FileChannel.open(
                  runtime.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = waitFor(channel)) {
        directories.give(runtime.resolve("lock"));
        if (lock.isValid() && !complete()) {
          refuseWithoutExecution(runtime, account);
          progress.begin("unpacking PostgreSQL " + VERSION);
          unpack(directories);
        }
      }
    }
  }

  private void unpack(Directories directories) throws IOException {
    Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
    Directories.delete(unfinished);
    Directories.delete(directory);
    try {
      Files.createDirectory(unfinished);
      try (InputStream packed = Binaries.class.getResourceAsStream(platform.archive());
          InputStream tar = new XZInputStream(packed)) {
        new TarReader(tar, unfinished).unpack();
      }
      openFolders(unfinished);
      Files.writeString(unfinished.resolve(MARKER), measure(unfinished));
      directories.giveAll(unfinished);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Directories.delete(unfinished);
      throw e;
    }
  }

  /** Lets another account in, whatever the umask was. The directory above decides who gets here. */
  private static void openFolders(Path unpacked) throws IOException {
    try (Stream<Path> tree = Files.walk(unpacked)) {
      for (Path path : (Iterable<Path>) tree.filter(Files::isDirectory)::iterator) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  /** Cheap, and notices files cut short by a power cut or removed by somebody tidying up. */
  private boolean complete() throws IOException {
    Path marker = directory.resolve(MARKER);
    return Files.isRegularFile(marker) && Files.readString(marker).equals(measure(directory));
  }

  private static String measure(Path unpacked) throws IOException {
    long files = 0;
    long bytes = 0;
    try (Stream<Path> tree = Files.walk(unpacked)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        if (Files.isRegularFile(path) && !path.endsWith(MARKER)) {
          files++;
          bytes += Files.size(path);
        }
      }
    }
    return files + " files, " + bytes + " bytes\n";
  }

  /**
   * Says so before a hundred megabytes are unpacked for nothing. As the server's account: root runs
   * nothing that lies in somebody else's directory.
   */
  private static void refuseWithoutExecution(Path runtime, Account account) throws IOException {
    Path probe = runtime.resolve("probe");
    Files.deleteIfExists(probe);
    Files.writeString(probe, "#!/bin/sh\n", StandardOpenOption.CREATE_NEW);
    try {
      Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (Executables.run(account.command(List.of(probe.toString())))
          .output()
          .contains("ermission denied")) {
        throw notExecutable(runtime);
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static RuntimeException notExecutable(Path directory) {
    return EmbeddedFailure.directory(
        "PostgreSQL's programs cannot be started in "
            + directory
            + ", because its file system is mounted noexec");
  }

  private static FileLock waitFor(FileChannel channel) throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      Wait.pause(LOCK_PAUSE_MILLIS);
    }
    throw new IOException("another start has been unpacking there for two minutes");
  }
}
