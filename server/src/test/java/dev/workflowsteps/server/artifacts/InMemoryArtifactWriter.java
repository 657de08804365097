package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Artifact records in a map, by organization. */
public final class InMemoryArtifactWriter implements ArtifactWriter {

  private final Map<String, Map<String, Artifact>> organizations = new HashMap<>();

  /** What stands of an organization, by id. */
  public synchronized Map<String, Artifact> of(String organizationId) {
    return Map.copyOf(organizations.getOrDefault(organizationId, Map.of()));
  }

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<Artifact> artifacts, Call call) {
    Map<String, Artifact> stored =
        organizations.computeIfAbsent(organizationId, id -> new HashMap<>());
    List<Outcome> outcomes = new ArrayList<>();
    for (Artifact artifact : artifacts) {
      Artifact standing = stored.put(artifact.artifactId(), artifact);
      if (standing == null) {
        outcomes.add(Outcome.NEW);
      } else {
        outcomes.add(standing.sameAs(artifact) ? Outcome.UNCHANGED : Outcome.CHANGED);
      }
    }
    return outcomes;
  }
}
