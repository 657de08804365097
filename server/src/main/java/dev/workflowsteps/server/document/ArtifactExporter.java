package dev.workflowsteps.server.document;

import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.StoredArtifact;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Shown;
import dev.workflowsteps.server.steps.StepsException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * As {@link StepExporter}, for the artifact records of an organization, in the order of their ids.
 */
public final class ArtifactExporter {

  private static final int ROWS = 1_000;
  private static final long PAGE_BYTES = 8 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final ArtifactStore store;

  public ArtifactExporter(ArtifactStore store) {
    this.store = store;
  }

  /**
   * Writes a line for each record of an organization, by their ids.
   *
   * @param after the id behind which to begin
   * @throws ExportFailedException as {@link StepExporter#run} does
   */
  public void run(
      String organizationId, Optional<String> after, OutputStream out, ExportListener listener)
      throws ExportFailedException {
    LineOutput lines = new LineOutput(new BufferedOutputStream(out, 1 << 16));
    Optional<String> last = after;
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw new ExportFailedException("interrupted", last, null);
      }
      try {
        List<StoredArtifact> rows =
            store.byId(organizationId, last, ROWS, PAGE_BYTES, Call.within(TIMEOUT));
        if (rows.isEmpty()) {
          return;
        }
        for (StoredArtifact row : rows) {
          lines.write(row.json());
          if (lines.end()) {
            listener.altered(
                "artifact " + Shown.bare(row.position().artifactId()),
                "line breaks between the tokens of its JSON are written as spaces");
          }
        }
        lines.flush();
        last = Optional.of(rows.get(rows.size() - 1).position().artifactId());
        listener.progress(lines.documents(), lines.bytes());
      } catch (IOException e) {
        throw new ExportFailedException(
            "the output can't be written (" + e.getMessage() + ")", last, e);
      } catch (StepsException e) {
        throw new ExportFailedException("the artifacts can't be read: " + e.getMessage(), last, e);
      }
    }
  }
}
