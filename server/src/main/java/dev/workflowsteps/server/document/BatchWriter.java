package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.WriteBatch;
import dev.workflowsteps.server.steps.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects lines into batches, records these, counts what became of the lines, and waits while the
 * storage is unavailable.
 */
final class BatchWriter<D> {

  /** Doubled each time: about half a minute in all, enough for a database to restart. */
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);

  private static final int ATTEMPTS = 8;

  /** A batch takes well under a second; one large payload on a slow disk some more. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final DocumentRecorder<D> recorder;
  private final String organizationId;
  private final ImportListener listener;
  private final Importer.Pause pause;
  private ImportCounts counts = ImportCounts.NONE;
  private long bytesWritten;

  private WriteBatch<D> batch = new WriteBatch<>();

  /** The number of each line of the batch. */
  private final List<Long> lines = new ArrayList<>();

  private long bytes;
  private long openedAt;

  BatchWriter(
      DocumentRecorder<D> recorder,
      String organizationId,
      ImportListener listener,
      Importer.Pause pause) {
    this.recorder = recorder;
    this.organizationId = organizationId;
    this.listener = listener;
    this.pause = pause;
  }

  ImportCounts counts() {
    return counts;
  }

  void add(long line, D document, int length) {
    count(line, length);
    batch.add(document);
  }

  void reject(long line, Rejection rejection, int length) {
    count(line, length);
    batch.reject(rejection);
  }

  /** The number of lines of the batch, which are not yet written. */
  int lines() {
    return lines.size();
  }

  /** Their length. */
  long bytes() {
    return bytes;
  }

  /** When the first of them came, by {@link System#nanoTime}. */
  long openedAt() {
    return openedAt;
  }

  /** Writes the batch, if there is anything in it, and begins the next one. */
  void write() throws ImportFailedException, InterruptedException {
    if (lines.isEmpty()) {
      return;
    }
    List<WriteResult> results = batch.results(record(batch.documents()));
    for (int i = 0; i < results.size(); i++) {
      counts = counts.plus(results.get(i));
      if (results.get(i) instanceof Rejection rejection) {
        listener.rejected(lines.get(i), rejection);
      }
    }
    bytesWritten += bytes;
    listener.progress(counts, bytesWritten);
    batch = new WriteBatch<>();
    lines.clear();
    bytes = 0;
  }

  private void count(long line, int length) {
    if (lines.isEmpty()) {
      openedAt = System.nanoTime();
    }
    lines.add(line);
    bytes += length;
  }

  private List<WriteResult> record(List<D> documents)
      throws ImportFailedException, InterruptedException {
    Duration wait = FIRST_WAIT;
    for (int attempt = 1; ; attempt++) {
      try {
        return recorder.record(organizationId, documents, Call.within(TIMEOUT));
      } catch (StepsException e) {
        if (e.reason() != StepsException.Reason.UNAVAILABLE || attempt == ATTEMPTS) {
          throw failed(e);
        }
        pause.of(wait);
        wait = wait.multipliedBy(2);
      }
    }
  }

  private ImportFailedException failed(StepsException cause) {
    String remedy =
        cause.reason() == StepsException.Reason.ORGANIZATION_GONE
            ? "; it was deleted during the import, with everything stored before"
            : "; " + counts.lines() + " lines are stored; run the import again to continue";
    String message = "can't be stored: " + cause.getMessage() + remedy;
    return new ImportFailedException(message, counts, cause);
  }
}
