package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Sized;

/**
 * A record as a storage gives it back.
 *
 * @param json the whole record; not copied, not to be changed
 */
public record StoredArtifact(ArtifactPosition position, String operation, byte[] json)
    implements Sized {

  /** What the answer holds of a record beside its JSON, at most, by each byte of its ids. */
  private static final int AROUND = 64;

  @Override
  public long size() {
    return json.length
        + 3L
            * (position.artifactId().length()
                + position.step().runId().length()
                + position.step().stepId().length())
        + AROUND;
  }
}
