package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.View;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often each call goes to the database and back, counted on the wire. */
class RoundTripsIT {

  private static final String LARGE = '"' + "x".repeat(70_000) + '"';

  private static TestDatabase.Open direct;
  private static CountingProxy proxy;
  private static Database database;

  private final String acme = direct.organization("acme");

  @BeforeAll
  static void open() throws IOException {
    direct = TestDatabase.open();
    proxy = new CountingProxy(direct.url());
    database = new Database(proxy.through(direct.url()), 1, new SimpleMeterRegistry());
  }

  @AfterAll
  static void close() throws IOException {
    database.close();
    proxy.close();
    direct.close();
  }

  @BeforeEach
  void steps() {
    record(
        IntStream.range(0, 60).mapToObj(i -> AStep.named("s" + i).run("small").build()).toList());
    record(
        IntStream.range(0, 3)
            .mapToObj(i -> AStep.named("large" + i).run("large").output("out", LARGE).build())
            .toList());
  }

  @Test
  void page_isOne() {
    assertThat(tripsOf(i -> list(run("small"), Optional.empty(), 50))).isEqualTo(1);
  }

  @Test
  void page_afterAToken_isOne() {
    String token = list(StepFilter.all(acme), Optional.empty(), 7).after().orElseThrow();

    assertThat(tripsOf(i -> list(StepFilter.all(acme), Optional.of(token), 7))).isEqualTo(1);
  }

  @Test
  void page_afterAStepId_isOneMoreToFindItsPlace() {
    assertThat(tripsOf(i -> list(run("small"), Optional.of("s" + i), 7))).isEqualTo(2);
  }

  @Test
  void page_withLargePayloads_isOneMoreForAllOfThem() {
    assertThat(tripsOf(i -> list(run("large"), Optional.empty(), 50))).isEqualTo(2);
  }

  @Test
  void page_withALargeRow_isOneMore_inWhichSizesAreAddedUp() {
    String most = '"' + "x".repeat(64_000) + '"';
    record(List.of(AStep.named("wide").run("wide").output("a", most).output("b", most).build()));

    assertThat(tripsOf(i -> list(run("wide"), Optional.empty(), 50))).isEqualTo(2);
  }

  @Test
  void count_isOne_inARunAndOutside() {
    assertThat(tripsOf(i -> lister().count(run("small"), call()))).isEqualTo(1);
    assertThat(tripsOf(i -> lister().count(StepFilter.all(acme), call()))).isEqualTo(1);
  }

  @Test
  void step_isOne_andOneMoreForItsLargePayloads() {
    assertThat(tripsOf(i -> get("s" + i, "small"))).isEqualTo(1);
    assertThat(tripsOf(i -> get("large" + i, "large"))).isEqualTo(2);
  }

  /** Begin with the time limit, the upsert, the places of their records, the commit. */
  @Test
  void recording_newSteps_isFour_whetherOneOrAThousand() {
    assertThat(tripsOf(i -> record(steps("a" + i, 1)))).isEqualTo(4);
    assertThat(tripsOf(i -> record(steps("b" + i, 1_000)))).isEqualTo(4);
  }

  /** Begin with the time limit, the upsert, what tells unchanged from stale, the commit. */
  @Test
  void recording_theSameSteps_isFour() {
    record(steps("again", 10));

    assertThat(tripsOf(i -> record(steps("again", 10)))).isEqualTo(4);
  }

  /** As for new ones: what changes leave behind goes with the places of their records. */
  @Test
  void recording_changedSteps_isFour() {
    record(steps("changing", 10));

    assertThat(
            tripsOf(
                i ->
                    record(
                        IntStream.range(0, 10)
                            .mapToObj(
                                k -> AStep.named("s" + k).run("changing").label("l" + i).build())
                            .toList())))
        .isEqualTo(4);
  }

  /** Begin with the time limit, the upsert, the commit. */
  @Test
  void recordingArtifacts_isThree() {
    assertThat(tripsOf(i -> artifact("a" + i))).isEqualTo(3);
  }

  /**
   * The least of three: the first one prepares its statements, and a connection that was idle for
   * half a second is first asked by the pool whether it lives.
   */
  private static int tripsOf(IntConsumer call) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      proxy.roundTrips();
      call.accept(i);
      least = Math.min(least, proxy.roundTrips());
    }
    return least;
  }

  private Page<StoredStep> list(StepFilter filter, Optional<String> after, int limit) {
    Optional<Anchor> anchor = after.map(cursor -> new Anchor(Anchor.Side.AFTER, cursor));
    return lister().list(new PageQuery<>(filter, Direction.ASCENDING, anchor, limit), call());
  }

  private void get(String stepId, String runId) {
    lister().get(acme, stepId, Optional.of(runId), View.FULL, call());
  }

  private static StepLister lister() {
    return new StepLister(
        database.stores().stepStore(), database.stores().payloadStore(), 3_670_016);
  }

  private StepFilter run(String runId) {
    return StepFilter.run(acme, runId);
  }

  private static List<WorkflowStep> steps(String run, int count) {
    return IntStream.range(0, count).mapToObj(i -> AStep.named("s" + i).run(run).build()).toList();
  }

  private void record(List<WorkflowStep> steps) {
    new StepRecorder(database.stores().stepWriter()).record(acme, steps, call());
  }

  private void artifact(String id) {
    new ArtifactRecorder(database.stores().artifactWriter())
        .record(acme, List.of(AnArtifact.of(id, "r", "s", "1")), call());
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
