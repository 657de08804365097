package dev.workflowsteps.server.tls;

import dev.workflowsteps.server.config.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A PEM file can't be used. The message names setting, file, reason and remedy. */
final class UnusableFileException extends Exception {

  private static final long serialVersionUID = 1L;

  UnusableFileException(Setting<Path> setting, Path file, String reasonAndRemedy) {
    super(setting + ": " + file + " " + reasonAndRemedy);
  }

  /** Of several files at once. */
  UnusableFileException(List<UnusableFileException> all) {
    super(all.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
  }
}
