package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.steps.Rejection;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * Tells how an import of several inputs goes: rejected lines as they come, progress, and the sum.
 */
final class ImportReport {

  /** More than anybody reads; a file of another kind would otherwise be repeated line by line. */
  private static final int MOST_SHOWN = 100;

  private final PrintWriter words;
  private final boolean terminal;
  private ImportCounts counts = ImportCounts.NONE;
  private long rejected;

  ImportReport(PrintWriter words, boolean terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  /** Listens to the import of one input. */
  Listener listenTo(ImportInput input) {
    return new Listener(input);
  }

  /** Of all inputs so far. */
  ImportCounts counts() {
    return counts;
  }

  /** Says how many rejected lines were not shown, and prints the sum as data. */
  void finish(PrintWriter data) {
    if (rejected > MOST_SHOWN) {
      words.println((rejected - MOST_SHOWN) + " more rejected lines are not shown");
    }
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

  /** What becomes of one input. */
  final class Listener implements ImportListener, AutoCloseable {

    private final ImportInput input;
    private final ImportCounts before = counts;
    private final Optional<ImportProgress> progress;

    private Listener(ImportInput input) {
      this.input = input;
      this.progress =
          terminal
              ? Optional.of(new ImportProgress(words, input.shortName(), input.size()))
              : Optional.empty();
    }

    @Override
    public void rejected(long line, Rejection rejection) {
      rejected++;
      if (rejected <= MOST_SHOWN) {
        String clean = terminal ? Terminal.CLEAR_LINE : "";
        words.println(clean + input.name() + ":" + line + ": " + rejection.sentence());
      }
    }

    @Override
    public void progress(ImportCounts sinceBegin, long bytes) {
      counts = before.plus(sinceBegin);
      progress.ifPresent(shown -> shown.update(bytes, sinceBegin.lines()));
    }

    @Override
    public void close() {
      progress.ifPresent(ImportProgress::close);
    }
  }
}
