package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Directories that PostgreSQL's account can reach when the tests run as root, which JUnit's are
 * not. What is made here goes when the JVM does.
 */
public final class TestDirectories {

  private static final TestDirectories SHARED = new TestDirectories();

  private final Path root = makeRoot();

  private TestDirectories() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
  }

  /** An empty directory that all may enter. */
  public static Path empty() {
    return SHARED.make("empty-");
  }

  /** A base directory with PostgreSQL's programs in it, unpacked once for all tests of this JVM. */
  public static Path base() {
    Path base = SHARED.make("base-");
    try {
      Path runtime = Files.createDirectories(SHARED.root.resolve("runtime"));
      open(runtime);
      return Files.createSymbolicLink(base.resolve("runtime"), runtime).getParent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path make(String prefix) {
    try {
      return open(Files.createTempDirectory(root, prefix));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path makeRoot() {
    try {
      return open(Files.createTempDirectory("workflow-steps-test-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path open(Path directory) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The servers of tests end before: their owners close them, or their parents notice. */
  private void remove() {
    try {
      TestPostgres.stop();
      Directories.delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
