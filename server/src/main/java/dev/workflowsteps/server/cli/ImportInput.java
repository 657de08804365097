package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One input of an import.
 *
 * @param name as it was given
 * @param path empty for stdin
 */
record ImportInput(String name, Optional<Path> path) {

  private static final String STDIN = "-";

  /**
   * An input that can be read, as far as that can be told without reading it.
   *
   * @throws StartupException with {@code FAILURE} if not
   */
  static ImportInput of(String name) {
    if (name.equals(STDIN)) {
      return new ImportInput(name, Optional.empty());
    }
    Path path = path(name);
    if (!Files.exists(path)) {
      throw failure(name, "no such file");
    }
    if (Files.isDirectory(path)) {
      throw failure(name, "is a directory; name the files in it");
    }
    if (!Files.isReadable(path)) {
      throw failure(name, "can't be read; see its permissions");
    }
    return new ImportInput(name, Optional.of(path));
  }

  /** Without its folders. */
  String shortName() {
    return path.map(Path::getFileName).map(Path::toString).orElse(name);
  }

  boolean isStdin() {
    return path.isEmpty();
  }

  InputStream open(InputStream stdin) {
    if (isStdin()) {
      return stdin;
    }
    try {
      return Files.newInputStream(path.get());
    } catch (IOException e) {
      throw failure(name, "can't be read (" + e + ")");
    }
  }

  /** The number of bytes to come; empty for a pipe and for what is compressed. */
  OptionalLong size() {
    boolean known = path.filter(Files::isRegularFile).isPresent() && !name.endsWith(".gz");
    try {
      return known ? OptionalLong.of(Files.size(path.get())) : OptionalLong.empty();
    } catch (IOException onlyForShow) {
      return OptionalLong.empty();
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw failure(name, "is no path on this machine");
    }
  }

  private static StartupException failure(String name, String what) {
    return new StartupException(ExitCode.FAILURE, name + ": " + what);
  }
}
