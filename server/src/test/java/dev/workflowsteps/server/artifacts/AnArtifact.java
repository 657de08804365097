package dev.workflowsteps.server.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/** Artifact records for tests. */
public final class AnArtifact {

  /** The record of a step, saying something. */
  public static Artifact of(String artifactId, String runId, String stepId, String says) {
    return new Artifact(
        artifactId,
        "extraction",
        runId,
        stepId,
        Optional.of("block-1"),
        ("{\"id\":\"" + artifactId + "\",\"output\":\"" + says + "\"}").getBytes(UTF_8));
  }

  private AnArtifact() {}
}
