package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.document.ExportFailedException;
import dev.workflowsteps.server.document.ExportListener;
import dev.workflowsteps.server.steps.StepsException;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells how an export goes: what could not be written as it is stored, progress, and the end. */
final class ExportReport implements ExportListener {

  /** More than anybody reads. */
  private static final int MOST_SHOWN = 100;

  private static final double MEGABYTE = 1e6;

  private final PrintWriter words;
  private final boolean terminal;
  private long altered;
  private long documents;

  ExportReport(PrintWriter words, boolean terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void altered(String document, String what) {
    altered++;
    if (altered <= MOST_SHOWN) {
      words.println(clean() + document + ": " + what);
    }
  }

  @Override
  public void progress(long soFar, long bytes) {
    documents = soFar;
    if (terminal) {
      words.print(
          Terminal.CLEAR_LINE
              + String.format(Locale.ROOT, "%,d written, %.0f MB", soFar, bytes / MEGABYTE));
      words.flush();
    }
  }

  /** The sum, and what it is worth. */
  ExitCode done() {
    if (altered > MOST_SHOWN) {
      words.println(clean() + (altered - MOST_SHOWN) + " more are not shown");
    }
    words.println(clean() + documents + " written");
    return altered > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  ExitCode failed(ExportFailedException e) {
    words.println(clean() + e.getMessage() + "; " + documents + " are written" + remedy(e));
    boolean database =
        e.getCause() instanceof StepsException cause
            && cause.reason() == StepsException.Reason.UNAVAILABLE;
    return database ? ExitCode.DATABASE : ExitCode.FAILURE;
  }

  /** A cursor that is refused is no place to go on from. */
  private static String remedy(ExportFailedException e) {
    String onwards = e.cursor().map(cursor -> ", go on with --after '" + cursor + "'").orElse("");
    if (!(e.getCause() instanceof StepsException cause)) {
      return onwards;
    }
    return switch (cause.reason()) {
      case CURSOR_NOT_FOUND -> "; begin without --after";
      case CURSOR_AMBIGUOUS, CURSOR_FILTER_MISMATCH -> "";
      default -> onwards;
    };
  }

  private String clean() {
    return terminal ? Terminal.CLEAR_LINE : "";
  }
}
