package dev.workflowsteps.server.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactLister;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.artifacts.InMemoryArtifactStore;
import dev.workflowsteps.server.artifacts.StoredArtifact;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens that were given out before lists had further parameters go on working. */
class EarlierTokensTest {

  private static final String BEHIND_STEP_ASCENDING =
      "wfc1_L2B9pbtfsfy5stg9AeCT5gAGTM_6NUQAAAdzdGVwLcOpcnVuLTGlyZuc";
  private static final String BEHIND_STEP_DESCENDING =
      "wfc1_L2B9pbtfsfw2E_7R0Iw2agAGTM_6NUQAAAdzdGVwLcOpcnVuLTH6_g7r";
  private static final String BEHIND_UNSTARTED_FILTERED =
      "wfc1_L2B9pbtfsfwUH2Tgb4kuMn__________AAFzctX1_GU";
  private static final String BEHIND_ARTIFACT =
      "wfc1_L2B9pbtfsfy88tFSdsudfn_________-AAFzAAFyYXJ0LTF-MhjL";

  private final InMemoryStepStore steps = new InMemoryStepStore();
  private final StepLister lister = new StepLister(steps, steps, 1_000_000);

  @Test
  @Rule("cursor-token")
  void tokenOfAListOfSteps_leadsToTheRowsBehindItsOwn() {
    record(
        AStep.named("step-a").run("run-1").startedAt("2026-03-12T09:00:00Z"),
        AStep.named("step-é").run("run-1").startedAt("2026-03-12T09:00:00Z"),
        AStep.named("step-z").run("run-1").startedAt("2026-03-12T10:00:00Z"));
    StepFilter all = StepFilter.all("acme");

    assertThat(ids(all, Direction.ASCENDING, BEHIND_STEP_ASCENDING)).containsExactly("step-z");
    assertThat(ids(all, Direction.DESCENDING, BEHIND_STEP_DESCENDING)).containsExactly("step-a");
  }

  @Test
  @Rule("cursor-token")
  void tokenWithEveryFilter_isOfThatListStill() {
    StepFilter filter =
        StepFilter.run("acme", "run-1")
            .withWorkflowId(Optional.of("wf"))
            .withBlockId(Optional.of("b"))
            .withStepId(Optional.of("é"))
            .withBlockTypes(List.of("extract", "note"))
            .withStatuses(List.of("error", "running"));

    assertThat(ids(filter, Direction.DESCENDING, BEHIND_UNSTARTED_FILTERED)).isEmpty();
  }

  @Test
  @Rule("cursor-token")
  void tokenOfAListOfArtifacts_leadsToTheRecordsBehindItsOwn() {
    record(AStep.named("s").run("r").block("b").startedAt(null));
    InMemoryArtifactStore artifacts = new InMemoryArtifactStore(steps);
    new ArtifactRecorder(artifacts)
        .record(
            "acme",
            List.of(AnArtifact.of("art-1", "r", "s", "1"), AnArtifact.of("art-2", "r", "s", "2")),
            call());
    ArtifactFilter filter =
        new ArtifactFilter(
            "acme",
            Optional.of("r"),
            Optional.empty(),
            Optional.of("extraction"),
            Optional.of("b"));

    Page<StoredArtifact> page =
        new ArtifactLister(artifacts, 1_000_000)
            .list(query(filter, Direction.ASCENDING, BEHIND_ARTIFACT), call());

    assertThat(page.rows()).extracting(row -> row.position().artifactId()).containsExactly("art-2");
  }

  private void record(AStep... built) {
    new StepRecorder(steps)
        .record("acme", java.util.Arrays.stream(built).map(AStep::build).toList(), call());
  }

  private List<String> ids(StepFilter filter, Direction order, String token) {
    return lister.list(query(filter, order, token), call()).rows().stream()
        .map(row -> row.position().stepId())
        .toList();
  }

  private static <F extends ListFilter> PageQuery<F> query(
      F filter, Direction order, String token) {
    return new PageQuery<>(filter, order, Optional.of(new Anchor(Anchor.Side.AFTER, token)), 10);
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(10));
  }
}
