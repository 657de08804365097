package dev.workflowsteps.adapter;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/** The few lines that say what runs, where, and what to try. */
final class StartupBanner {

  static void show(PrintWriter words, String version, List<RunningService.Line> lines) {
    words.printf("workflow-steps %s, Java %d%n", version, Runtime.version().feature());
    for (RunningService.Line line : lines) {
      words.printf("%-9s %s%n", line.word(), line.text());
    }
    words.flush();
  }

  /** Since the process began, for example {@code 5.4 s}. */
  static String sinceStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return seconds(System.currentTimeMillis() - start);
  }

  static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
  }

  private StartupBanner() {}
}
