package dev.workflowsteps.adapter.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What processes or threads took of the CPU, also those that have ended since, but for threads in
 * which Java compiles.
 */
final class CpuTimes {

  /** When last looked at. */
  private final Map<Path, Long> nanos = new HashMap<>();

  /**
   * @param task its directory below {@code /proc}; nothing changes if it has ended
   */
  void look(Path task) throws IOException {
    try {
      if (!Files.readString(task.resolve("comm")).matches("C[12] Compiler.*\\R")) {
        String times = Files.readString(task.resolve("schedstat"));
        nanos.put(task, Long.parseLong(times.split(" ", 2)[0]));
      }
    } catch (IOException e) {
      if (Files.exists(task)) {
        throw e;
      }
    }
  }

  Duration sum() {
    return Duration.ofNanos(nanos.values().stream().mapToLong(Long::longValue).sum());
  }
}
