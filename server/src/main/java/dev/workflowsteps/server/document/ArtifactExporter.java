package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.StoredArtifact;
import dev.workflowsteps.server.call.Call;
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
    new ExportRun(out, listener)
        .run("artifacts", after, (last, lines) -> page(organizationId, last, lines, listener));
  }

  private ExportRun.Place page(
      String organizationId, Optional<String> last, LineOutput lines, ExportListener listener)
      throws IOException {
    List<StoredArtifact> rows =
        store.byId(organizationId, last, ROWS, PAGE_BYTES, Call.within(TIMEOUT));
    Optional<String> end = last;
    for (StoredArtifact row : rows) {
      end = Optional.of(row.position().artifactId());
      lines.write(row.json());
      if (lines.end()) {
        listener.altered(
            "artifact " + Quote.bare(row.position().artifactId()),
            "line breaks between the tokens of its JSON are written as spaces");
      }
    }
    return new ExportRun.Place(end, !rows.isEmpty());
  }
}
