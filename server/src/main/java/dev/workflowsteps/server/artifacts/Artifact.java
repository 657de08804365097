package dev.workflowsteps.server.artifacts;

import java.util.Optional;

/**
 * The record of what a step produced. All but the fields by which it is found is the business of
 * who wrote it.
 *
 * @param json the whole record, as it is stored and answered; not copied, not to be changed
 */
public record Artifact(
    String artifactId,
    String operation,
    String runId,
    String stepId,
    Optional<String> blockId,
    byte[] json) {

  /** The longest record, in bytes. */
  public static final int MAX_BYTES = 3 << 20;
}
