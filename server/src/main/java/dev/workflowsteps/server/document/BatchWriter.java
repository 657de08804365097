package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.StepsException;
import dev.workflowsteps.server.steps.WriteResult;
import java.time.Duration;
import java.util.List;

/**
 * Records batches, counts the outcomes, and waits for a storage that is unavailable for a while.
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
  private long bytes;

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

  void write(Batch<D> batch) throws ImportFailedException, InterruptedException {
    for (Batch.Result result : batch.results(record(batch.documents()))) {
      counts = counts.plus(result.result());
      if (result.result() instanceof WriteResult.Rejected rejected) {
        listener.rejected(result.line(), rejected.rejection());
      }
    }
    bytes += batch.bytes();
    listener.progress(counts, bytes);
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
