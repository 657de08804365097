package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ExportFailedException;
import dev.workflowsteps.server.document.ExportListener;
import java.util.Locale;

/** Reports an export: what was not written as stored, progress, and the end. */
final class ExportReport implements ExportListener {

  /** More than anybody reads. */
  private static final int MAX_SHOWN = 100;

  private static final double MEGABYTE = 1e6;

  private final ProgressLine progress;
  private long altered;
  private long documents;

  ExportReport(ProgressLine progress) {
    this.progress = progress;
  }

  @Override
  public void altered(String document, String what) {
    altered++;
    if (altered <= MAX_SHOWN) {
      progress.println(document + ": " + what);
    }
  }

  @Override
  public void progress(long soFar, long bytes) {
    documents = soFar;
    progress.update(
        () -> String.format(Locale.ROOT, "%,d lines written, %.0f MB", soFar, bytes / MEGABYTE));
  }

  /** Prints the number of lines. */
  ExitCode done() {
    if (altered > MAX_SHOWN) {
      progress.println((altered - MAX_SHOWN) + " more are not shown");
    }
    progress.println(lines(documents) + " written");
    return altered > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  ExitCode failed(ExportFailedException e) {
    String atLeast = e.written() > documents ? "at least " : "";
    progress.println(e.getMessage() + "; " + atLeast + lines(e.written()) + " written" + remedy(e));
    boolean database =
        e.getCause() instanceof FailedCallException cause
            && cause.reason() == FailedCallException.Reason.UNAVAILABLE;
    return database ? ExitCode.DATABASE : ExitCode.FAILURE;
  }

  private String remedy(ExportFailedException e) {
    FailedCallException.Reason reason =
        e.getCause() instanceof FailedCallException cause ? cause.reason() : null;
    if (reason == FailedCallException.Reason.CURSOR_NOT_FOUND) {
      return "; run it without --after";
    }
    if (reason == FailedCallException.Reason.CURSOR_AMBIGUOUS
        || reason == FailedCallException.Reason.CURSOR_FILTER_MISMATCH) {
      return "";
    }
    if (documents == 0 || e.cursor().isEmpty()) {
      return "; run the same command again";
    }
    return String.format(
        Locale.ROOT,
        "; continue after line %,d with --after %s",
        documents,
        ShellWord.of(e.cursor().get()));
  }

  private static String lines(long number) {
    return String.format(Locale.ROOT, number == 1 ? "%,d line" : "%,d lines", number);
  }
}
