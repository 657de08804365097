package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.steps.Rejection;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;

/** Reports an import of several files: rejected lines as they come, progress, and the counts. */
final class ImportReport {

  /** More than anybody reads; a file of another kind would otherwise be repeated line by line. */
  private static final int MAX_SHOWN = 100;

  private static final double MEGABYTE = 1e6;

  private final ProgressLine progress;
  private ImportCounts counts = ImportCounts.NONE;
  private long rejected;

  ImportReport(ProgressLine progress) {
    this.progress = progress;
  }

  ImportListener listenTo(ImportInput input) {
    ImportCounts before = counts;
    OptionalLong size = input.size();
    return new ImportListener() {
      @Override
      public void rejected(long line, Rejection rejection) {
        rejected++;
        if (rejected <= MAX_SHOWN) {
          progress.println(input.name() + ":" + line + ": " + rejection.sentence());
        }
      }

      @Override
      public void progress(ImportCounts sinceBegin, long bytes) {
        counts = before.plus(sinceBegin);
        progress.update(() -> text(input.shortName(), bytes, size, sinceBegin.lines()));
      }
    };
  }

  /** Of all files so far. */
  ImportCounts counts() {
    return counts;
  }

  /** Says how many rejected lines were not shown, and prints the counts as data. */
  void finish(PrintWriter data) {
    if (rejected > MAX_SHOWN) {
      progress.println((rejected - MAX_SHOWN) + " more rejected lines are not shown");
    }
    progress.clear();
    data.println(
        "new "
            + counts.added()
            + ", changed "
            + counts.changed()
            + ", unchanged "
            + counts.unchanged()
            + ", stale "
            + counts.stale()
            + ", rejected "
            + counts.rejected());
    data.flush();
  }

  /** For example {@code steps.ndjson: 3 of 4 MB (75 %), 1,234 lines}. */
  static String text(String name, long bytes, OptionalLong size, long lines) {
    String share =
        size.isPresent() && size.getAsLong() > 0
            ? String.format(
                Locale.ROOT,
                " of %.0f MB (%d %%)",
                size.getAsLong() / MEGABYTE,
                Math.min(100, 100 * bytes / size.getAsLong()))
            : " MB";
    return String.format(
        Locale.ROOT, "%s: %.0f%s, %,d lines", name, bytes / MEGABYTE, share, lines);
  }
}
