package dev.workflowsteps.server.artifacts;

import java.util.Optional;

class InMemoryArtifactWriterTest extends ArtifactWriterContract {

  private final InMemoryArtifactWriter writer = new InMemoryArtifactWriter();

  @Override
  protected ArtifactWriter writer() {
    return writer;
  }

  @Override
  protected Optional<byte[]> stored(String organizationId, String artifactId) {
    return Optional.ofNullable(writer.of(organizationId).get(artifactId)).map(Artifact::json);
  }
}
