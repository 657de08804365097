package dev.workflowsteps.server.artifacts;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.DescribedStep;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.View;
import dev.workflowsteps.server.text.Utf8Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The oracle: records in a map, joined with their steps each time they are asked for. */
public final class InMemoryArtifactStore implements ArtifactStore, ArtifactWriter {

  private final StepStore steps;
  private final Map<String, Map<String, Artifact>> organizations = new HashMap<>();

  public InMemoryArtifactStore(StepStore steps) {
    this.steps = steps;
  }

  @Override
  public synchronized List<Outcome> write(
      String organizationId, List<Artifact> artifacts, Call call) {
    Map<String, Artifact> stored =
        organizations.computeIfAbsent(organizationId, id -> new HashMap<>());
    List<Outcome> outcomes = new ArrayList<>();
    for (Artifact artifact : artifacts) {
      Artifact before = stored.put(artifact.artifactId(), artifact);
      if (before == null) {
        outcomes.add(Outcome.NEW);
      } else {
        boolean same = Arrays.equals(before.json(), artifact.json());
        outcomes.add(same ? Outcome.UNCHANGED : Outcome.CHANGED);
      }
    }
    return outcomes;
  }

  @Override
  public synchronized List<StoredArtifact> scan(
      Scan<ArtifactFilter, ArtifactPosition> scan, Call call) {
    ArtifactFilter filter = scan.filter();
    Comparator<ArtifactPosition> order =
        scan.direction() == Direction.ASCENDING
            ? Comparator.naturalOrder()
            : Comparator.reverseOrder();
    return of(filter.organizationId())
        .filter(artifact -> filter.runId().filter(artifact.runId()::equals).isPresent())
        .filter(artifact -> filter.stepId().map(artifact.stepId()::equals).orElse(true))
        .filter(artifact -> filter.operation().map(artifact.operation()::equals).orElse(true))
        .filter(
            artifact -> filter.blockId().map(block -> isOf(block, filter, artifact)).orElse(true))
        .map(artifact -> stored(filter.organizationId(), artifact))
        .filter(
            row -> scan.from().map(from -> order.compare(row.position(), from) > 0).orElse(true))
        .sorted(Comparator.comparing(StoredArtifact::position, order))
        .limit(scan.rows())
        .toList();
  }

  @Override
  public synchronized Optional<StoredArtifact> find(
      String organizationId, String artifactId, Call call) {
    return of(organizationId)
        .filter(artifact -> artifact.artifactId().equals(artifactId))
        .map(artifact -> stored(organizationId, artifact))
        .findFirst();
  }

  @Override
  public synchronized List<StoredArtifact> byId(
      String organizationId, Optional<String> after, int rows, long bytes, Call call) {
    List<StoredArtifact> found = new ArrayList<>();
    long left = bytes;
    for (Artifact artifact :
        of(organizationId)
            .sorted(Comparator.comparing(Artifact::artifactId, Utf8Order::compare))
            .toList()) {
      boolean behind =
          after.map(id -> Utf8Order.compare(artifact.artifactId(), id) > 0).orElse(true);
      if (behind && found.size() < rows && left >= 0) {
        found.add(stored(organizationId, artifact));
        left -= artifact.json().length;
      }
    }
    return found;
  }

  @Override
  public synchronized List<StepPosition> steps(
      String organizationId, String stepId, Optional<String> runId, int most, Call call) {
    Stream<StepPosition> there =
        steps
            .positions(organizationId, stepId, runId, SortBy.STARTED_AT, Integer.MAX_VALUE, call)
            .stream()
            .map(ArtifactPosition::of);
    Stream<StepPosition> ofRecords =
        of(organizationId)
            .filter(artifact -> artifact.stepId().equals(stepId))
            .filter(artifact -> runId.map(artifact.runId()::equals).orElse(true))
            .map(artifact -> place(organizationId, artifact));
    return Stream.concat(there, ofRecords).distinct().limit(most).toList();
  }

  private Stream<Artifact> of(String organizationId) {
    return organizations.getOrDefault(organizationId, Map.of()).values().stream();
  }

  private boolean isOf(String block, ArtifactFilter filter, Artifact artifact) {
    Optional<String> own =
        step(filter.organizationId(), artifact).map(DescribedStep::blockId).or(artifact::blockId);
    return artifact.stepId().equals(block) || own.equals(Optional.of(block));
  }

  private StoredArtifact stored(String organizationId, Artifact artifact) {
    ArtifactPosition position =
        new ArtifactPosition(place(organizationId, artifact), artifact.artifactId());
    return new StoredArtifact(position, artifact.operation(), artifact.json());
  }

  private StepPosition place(String organizationId, Artifact artifact) {
    return step(organizationId, artifact)
        .map(step -> ArtifactPosition.of(step.step().position()))
        .orElseGet(
            () -> new StepPosition(ArtifactPosition.NO_STEP, artifact.stepId(), artifact.runId()));
  }

  private Optional<DescribedStep> step(String organizationId, Artifact artifact) {
    List<StepKey> key = List.of(new StepKey(artifact.runId(), artifact.stepId()));
    return steps
        .describe(organizationId, key, View.BASIC, Call.within(Duration.ofSeconds(10)))
        .stream()
        .findFirst();
  }
}
