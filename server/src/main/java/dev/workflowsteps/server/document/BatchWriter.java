package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StepResult;
import dev.workflowsteps.server.steps.StepsException;
import java.time.Duration;
import java.util.List;

/**
 * Records batches, counts what became of them, and waits for a storage that is not there just now.
 */
final class BatchWriter {

  /** Doubled each time: about half a minute in all, which a database takes to start again. */
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);

  private static final int ATTEMPTS = 8;

  /** A batch takes well under a second; one large payload on a slow disk some more. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final StepRecorder recorder;
  private final String organizationId;
  private final ImportListener listener;
  private final Importer.Pause pause;
  private ImportCounts counts = ImportCounts.NONE;
  private long bytes;

  BatchWriter(
      StepRecorder recorder, String organizationId, ImportListener listener, Importer.Pause pause) {
    this.recorder = recorder;
    this.organizationId = organizationId;
    this.listener = listener;
    this.pause = pause;
  }

  ImportCounts counts() {
    return counts;
  }

  void write(Batch batch) throws ImportFailedException, InterruptedException {
    for (Batch.Result result : batch.results(record(batch.steps()))) {
      counts = counts.plus(result.result());
      if (result.result() instanceof StepResult.Rejected rejected) {
        listener.rejected(result.line(), rejected.rejection());
      }
    }
    bytes += batch.bytes();
    listener.progress(counts, bytes);
  }

  private List<StepResult> record(List<Step> steps)
      throws ImportFailedException, InterruptedException {
    Duration wait = FIRST_WAIT;
    for (int attempt = 1; ; attempt++) {
      try {
        return recorder.record(organizationId, steps, Call.within(TIMEOUT));
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
    String message =
        "the steps cannot be written: "
            + cause.getMessage()
            + "; "
            + counts.lines()
            + " lines are stored, import the same again to go on";
    return new ImportFailedException(message, counts, cause);
  }
}
