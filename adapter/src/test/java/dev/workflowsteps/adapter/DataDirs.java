package dev.workflowsteps.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Data directories for tests, also reachable for the account that PostgreSQL gets under root. */
public final class DataDirs {

  private static Path runtime;

  /**
   * One without a database. All of a JVM share PostgreSQL's programs: the first start unpacks them.
   */
  public static synchronized Path create() throws IOException {
    if (runtime == null) {
      runtime = directory("workflow-steps-runtime");
      Runtime.getRuntime().addShutdownHook(new Thread(DataDirs::deleteRuntime));
    }
    Path directory = directory("workflow-steps-it");
    Files.createSymbolicLink(directory.resolve("runtime"), runtime);
    return directory;
  }

  private static Path directory(String prefix) throws IOException {
    Path directory = Files.createTempDirectory(prefix);
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void deleteRuntime() {
    try {
      Program.deleteShared();
      delete(runtime);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }

  private DataDirs() {}
}
