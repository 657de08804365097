package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code postmaster.pid}, which PostgreSQL keeps in its cluster while it runs, and which
 * stays there when it is killed.
 *
 * @param ready whether it accepts connections
 */
record PostmasterFile(long pid, boolean ready) {

  private static final int PID_LINE = 0;
  private static final int STATUS_LINE = 7;

  static Path in(Path cluster) {
    return cluster.resolve("postmaster.pid");
  }

  static Optional<PostmasterFile> read(Path cluster) throws IOException {
    try {
      List<String> lines = Directories.readForeign(in(cluster)).lines().toList();
      long pid = number(lines, PID_LINE);
      boolean ready = lines.size() > STATUS_LINE && lines.get(STATUS_LINE).startsWith("ready");
      return pid == 0 ? Optional.empty() : Optional.of(new PostmasterFile(pid, ready));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The standalone server that makes the database writes its pid negated. */
  private static long number(List<String> lines, int index) {
    String text = lines.size() > index ? lines.get(index).strip() : "";
    return text.matches("-?[0-9]{1,10}") ? Math.abs(Long.parseLong(text)) : 0;
  }
}
