package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.document.InputFormat;
import dev.workflowsteps.server.document.UnsupportedInputException;
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
 * @param name as given on the command line
 * @param path empty for stdin
 */
record ImportInput(String name, Optional<Path> path) {

  private static final String STDIN = "-";

  /**
   * Checks an input before anything is imported: whether the file is there and readable and, unless
   * it is a pipe, whether its format is one that import reads.
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
      throw failure(name, "can't be read; check its permissions");
    }
    ImportInput input = new ImportInput(name, Optional.of(path));
    if (Files.isRegularFile(path)) {
      input.checkFormat();
    }
    return input;
  }

  private void checkFormat() {
    try (InputStream in = Files.newInputStream(path.orElseThrow())) {
      if (Files.size(path.get()) == 0) {
        throw failure(name, "an empty file (expected: one JSON object per line)");
      }
      InputFormat.check(in);
    } catch (UnsupportedInputException e) {
      throw failure(name, e.sentence(shellWord()));
    } catch (IOException reportedWhenItIsImported) {
      // Then the counts of the files before it are printed too.
    }
  }

  /** The file as a word of a shell; empty for stdin. */
  Optional<String> shellWord() {
    return path.map(file -> ShellWord.of(name));
  }

  /** The file name without its directories. */
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

  /** The size in bytes; empty for a pipe and a compressed file. */
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
      throw failure(name, "is not a valid path");
    }
  }

  private static StartupException failure(String name, String what) {
    return new StartupException(ExitCode.FAILURE, name + ": " + what);
  }
}
