package dev.workflowsteps.server.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.PageToken;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.Pages;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.WriteResult;
import dev.workflowsteps.server.stores.Stores;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every storage of artifact records must do, with the steps beside them. Each test has
 * organizations of its own, so the storage need not be emptied.
 */
public abstract class ArtifactStoreContract {

  private static final long SEED = 9;
  private static final long PAGE_BYTES = 3_670_016;

  /** Behind all others of the run, for its step is never there. Walks back begin at it. */
  private static final Artifact LAST = AnArtifact.of("last", "r", "~~~", "1");

  private final String organization = "org-" + UUID.randomUUID();
  private final String other = "other-" + UUID.randomUUID();

  /** Those under test; an organization that is written to is there. */
  protected abstract Stores stores();

  private ArtifactStore store() {
    return stores().artifactStore();
  }

  @Test
  void write_nothing_isNothing() {
    assertThat(write(organization)).isEmpty();
  }

  @Test
  void write_tellsNewChangedAndUnchanged() {
    Artifact a = AnArtifact.of("a", "r", "s", "1");
    Artifact b = AnArtifact.of("b", "r", "t", "1");
    Artifact changed = AnArtifact.of("b", "r2", "t2", "2");

    assertThat(write(organization, a)).containsExactly(Outcome.NEW);
    assertThat(write(organization, b, a)).containsExactly(Outcome.NEW, Outcome.UNCHANGED);
    assertThat(write(organization, a, changed)).containsExactly(Outcome.UNCHANGED, Outcome.CHANGED);

    assertThat(stored(organization, "a")).isEqualTo(a.json());
    assertThat(stored(organization, "b")).isEqualTo(changed.json());
    assertThat(ids(list(run("r"), Optional.empty(), 200))).containsExactly("a");
    assertThat(ids(list(run("r2"), Optional.empty(), 200))).containsExactly("b");
  }

  @Test
  void write_sameIdInAnotherOrganization_isAnotherRecord() {
    Artifact ours = AnArtifact.of("a", "r", "s", "ours");
    Artifact theirs = AnArtifact.of("a", "r", "s", "theirs");

    assertThat(write(organization, ours)).containsExactly(Outcome.NEW);
    assertThat(write(other, theirs)).containsExactly(Outcome.NEW);

    assertThat(stored(organization, "a")).isEqualTo(ours.json());
    assertThat(stored(other, "a")).isEqualTo(theirs.json());
    assertThat(list(run("r"), Optional.empty(), 200).rows()).hasSize(1);
  }

  @Test
  void write_anyTextAndBytes_comeBack() {
    byte[] json = {'{', '"', 0x7f, '"', ':', '"', (byte) 0xc3, (byte) 0xa4, '"', '}'};
    Artifact odd = new Artifact("ä:;,.{}\\\"'😀", "edit", "NULL", "\\N", Optional.empty(), json);

    assertThat(write(organization, odd)).containsExactly(Outcome.NEW);
    assertThat(write(organization, odd)).containsExactly(Outcome.UNCHANGED);
    assertThat(stored(organization, odd.artifactId())).isEqualTo(json);
  }

  @Test
  void write_thousandInAnyOrder_eachGetsItsOwnOutcome() {
    List<Artifact> all =
        IntStream.range(0, 1_000)
            .mapToObj(i -> AnArtifact.of("a" + (7 * i % 1_000), "r", "s", "1"))
            .toList();
    write(
        organization,
        IntStream.range(0, 500).mapToObj(i -> all.get(2 * i)).toArray(Artifact[]::new));

    List<Outcome> outcomes = write(organization, all.toArray(Artifact[]::new));

    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i)).isEqualTo(i % 2 == 0 ? Outcome.UNCHANGED : Outcome.NEW);
    }
  }

  /** A batch's records as they are drawn: few ids, so that each comes several times. */
  @Test
  @Rule("write-names")
  void record_batch_isAsItsRecordsOneByOne() {
    Random random = new Random(SEED);
    ArtifactRecorder recorder = new ArtifactRecorder(stores().artifactWriter());
    for (int i = 0; i < 40; i++) {
      List<Artifact> batch =
          IntStream.range(0, random.nextInt(12)).mapToObj(any -> drawn(random)).toList();
      List<WriteResult> expected =
          batch.stream()
              .flatMap(artifact -> recorder.record(other, List.of(artifact), call()).stream())
              .toList();

      assertThat(recorder.record(organization, batch, call()))
          .as("batch %d: %s", i, batch)
          .isEqualTo(expected);
      assertThat(contents(organization)).as("batch %d: %s", i, batch).isEqualTo(contents(other));
    }
  }

  private static Artifact drawn(Random random) {
    return AnArtifact.of(
        List.of("a", "b", "").get(random.nextInt(10) == 0 ? 2 : random.nextInt(2)),
        List.of("r", "r2").get(random.nextInt(2)),
        "s",
        List.of("1", "2").get(random.nextInt(2)));
  }

  private List<String> contents(String organizationId) {
    return store().byId(organizationId, Optional.empty(), 100, Long.MAX_VALUE, call()).stream()
        .map(row -> row.position() + " " + new String(row.json(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void order_isThatOfTheSteps_whicheverCameFirst() {
    record(step("s1").startedAt("2026-01-01T00:00:02Z"));
    write(
        organization,
        AnArtifact.of("of-s1", "r", "s1", "1"),
        AnArtifact.of("of-s2", "r", "s2", "1"),
        AnArtifact.of("of-s3", "r", "s3", "1"));
    record(step("s2").startedAt("2026-01-01T00:00:01Z"), step("s3").startedAt(null));

    assertThat(ids(list(run("r"), Optional.empty(), 200)))
        .containsExactly("of-s2", "of-s1", "of-s3");

    record(step("s3").startedAt("2026-01-01T00:00:00Z"));

    assertThat(ids(list(run("r"), Optional.empty(), 200)))
        .containsExactly("of-s3", "of-s2", "of-s1");
  }

  @Test
  @Rule("order")
  void order_recordsWhoseStepsAreNotThere_comeLast_untilTheyAre() {
    record(step("s2").startedAt(null));
    write(
        organization,
        AnArtifact.of("of-s1", "r", "s1", "1"),
        AnArtifact.of("of-s2", "r", "s2", "1"),
        AnArtifact.of("of-s0", "r", "s0", "1"),
        LAST);

    assertThat(walk(run("r"), Side.AFTER, 1)).containsExactly("of-s2", "of-s0", "of-s1", "last");
    assertThat(walk(run("r"), Side.BEFORE, 1)).containsExactly("of-s2", "of-s0", "of-s1", "last");

    record(step("s1").startedAt(null));

    assertThat(walk(run("r"), Side.AFTER, 1)).containsExactly("of-s1", "of-s2", "of-s0", "last");
  }

  /** From when what had not started lay with what is not there: its place is another one now. */
  @Test
  @Rule("cursor-bound")
  void cursor_ofTheFirstKind_isOfAnotherList() {
    write(organization, AnArtifact.of("a", "r", "s", "1"));
    List<List<String>> words =
        List.of(List.of("artifacts"), List.of("r"), List.of(), List.of(), List.of());
    String token =
        PageToken.write(organization, words, StepPosition.NO_TIME, List.of("s", "r", "a"));

    assertThatThrownBy(() -> list(run("r"), Optional.of(new Anchor(Side.AFTER, token)), 1))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e ->
                assertThat(e.reason())
                    .isEqualTo(FailedCallException.Reason.CURSOR_FILTER_MISMATCH));
  }

  @Test
  void order_staleStep_movesNothing() {
    record(step("s1").startedAt("2026-01-01T00:00:02Z").status("completed"));
    record(step("s2").startedAt("2026-01-01T00:00:03Z"));
    write(
        organization,
        AnArtifact.of("of-s1", "r", "s1", "1"),
        AnArtifact.of("of-s2", "r", "s2", "1"));

    record(step("s1").startedAt("2026-01-01T00:00:09Z").status("running"));

    assertThat(ids(list(run("r"), Optional.empty(), 200))).containsExactly("of-s1", "of-s2");
  }

  @Test
  void block_isThatOfTheStepOrItsId() {
    record(step("s1").block("b1"), step("s2").block("s1"), step("s3").block("b3"));
    write(
        organization,
        AnArtifact.of("of-s1", "r", "s1", "1"),
        AnArtifact.of("of-s2", "r", "s2", "1"),
        AnArtifact.of("of-s3", "r", "s3", "1"),
        AnArtifact.of("of-s4", "r", "s4", "1"));

    assertThat(ids(list(block("s1"), Optional.empty(), 200))).containsExactly("of-s1", "of-s2");
    assertThat(ids(list(block("b1"), Optional.empty(), 200))).containsExactly("of-s1");
    // What is not there has the block that its record says, and its step's once that comes.
    assertThat(ids(list(block("block-1"), Optional.empty(), 200))).containsExactly("of-s4");
    record(step("s4").block("b4"), step("s1").block("b5"));
    assertThat(ids(list(block("block-1"), Optional.empty(), 200))).isEmpty();
    assertThat(ids(list(block("b4"), Optional.empty(), 200))).containsExactly("of-s4");
    assertThat(ids(list(block("b5"), Optional.empty(), 200))).containsExactly("of-s1");
  }

  @Test
  void walks_inEveryPageSizeAndBothWays_giveEachRowOnce() {
    Random random = new Random(SEED);
    List<Artifact> artifacts = randomRun(random);
    List<String> expected = expected(artifacts);

    for (int limit :
        new int[] {1, 2, 7, expected.size() - 1, expected.size(), expected.size() + 1}) {
      assertThat(walk(run("r"), Side.AFTER, limit)).as("limit %s", limit).isEqualTo(expected);
      assertThat(walk(run("r"), Side.BEFORE, limit)).as("back, %s", limit).isEqualTo(expected);
    }
  }

  @Test
  @Rule("order")
  void walks_descending_areTheReverse_andEveryCursorKeepsItsPlace() {
    List<Artifact> artifacts = randomRun(new Random(SEED));
    List<String> expected = new ArrayList<>(expected(artifacts));
    Collections.reverse(expected);
    for (int limit : new int[] {1, 2, 7, expected.size(), expected.size() + 1}) {
      int size = limit;
      List<String> walked = new ArrayList<>();
      for (Page<StoredArtifact> page :
          Pages.walk(Side.AFTER, Optional.empty(), anchor -> descending(anchor, size))) {
        if (page.before().isPresent()) {
          Anchor back = new Anchor(Side.BEFORE, page.before().get());
          List<String> before = ids(descending(Optional.of(back), limit));
          assertThat(before)
              .as("limit %s, before %s", limit, ids(page))
              .isNotEmpty()
              .isEqualTo(walked.subList(walked.size() - before.size(), walked.size()));
        }
        assertThat(page.before().isPresent()).isEqualTo(!walked.isEmpty());
        walked.addAll(ids(page));
      }
      assertThat(walked).as("limit %s", limit).isEqualTo(expected);
    }
  }

  @Test
  @Rule("cursor-bound")
  void tokenOfOneOrder_isNotOfTheOther() {
    write(organization, AnArtifact.of("a", "r", "s", "1"), AnArtifact.of("b", "r", "s", "1"));
    Optional<Anchor> ascending =
        list(run("r"), Optional.empty(), 1).after().map(token -> new Anchor(Side.AFTER, token));

    assertThatThrownBy(() -> descending(ascending, 1))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e ->
                assertThat(e.reason())
                    .isEqualTo(FailedCallException.Reason.CURSOR_FILTER_MISMATCH));
  }

  private Page<StoredArtifact> descending(Optional<Anchor> anchor, int limit) {
    return new ArtifactLister(store(), PAGE_BYTES)
        .list(new PageQuery<>(run("r"), Direction.DESCENDING, anchor, limit), call());
  }

  @Test
  void scan_ofBytes_endsBehindTheRowThatPassesThem() {
    String large = "x".repeat(100_000);
    write(
        organization,
        IntStream.range(0, 30)
            .mapToObj(i -> AnArtifact.of("a" + (10 + i), "r", "s", large))
            .toArray(Artifact[]::new));

    Page<StoredArtifact> page =
        new ArtifactLister(store(), 1_000_000).list(query(run("r")), call());

    assertThat(page.rows()).hasSize(9);
    assertThat(page.after()).isPresent();
    assertThat(walk(run("r"), Side.AFTER, 200)).hasSize(30);
  }

  /**
   * Steps, half of them not started, with no, one or several records; and records without steps.
   */
  private List<Artifact> randomRun(Random random) {
    List<WorkflowStep> steps = new ArrayList<>();
    List<Artifact> artifacts = new ArrayList<>(List.of(LAST));
    for (int i = 0; i < 40; i++) {
      String id = (random.nextBoolean() ? "S" : "s") + i;
      String started =
          random.nextBoolean() ? null : "2026-01-01T00:00:0" + random.nextInt(10) + "Z";
      if (i % 5 != 0) {
        steps.add(step(id).startedAt(started).status("pending").build());
      }
      for (int k = random.nextInt(4); k > 0; k--) {
        artifacts.add(AnArtifact.of("art-" + random.nextInt(1_000_000), "r", id, "1"));
      }
    }
    new StepRecorder(stores().stepWriter()).record(organization, steps.subList(0, 20), call());
    write(organization, artifacts.toArray(Artifact[]::new));
    new StepRecorder(stores().stepWriter())
        .record(organization, steps.subList(20, steps.size()), call());
    return artifacts;
  }

  /** By a plain sort, of the oracle's kind. */
  private List<String> expected(List<Artifact> artifacts) {
    InMemoryArtifactStore oracle = new InMemoryArtifactStore(stores().stepStore());
    oracle.write(organization, artifacts, call());
    return ids(new ArtifactLister(oracle, PAGE_BYTES).list(query(run("r")), call()));
  }

  private List<String> walk(ArtifactFilter filter, Side side, int limit) {
    if (side == Side.AFTER) {
      return ids(Pages.walk(side, Optional.empty(), anchor -> list(filter, anchor, limit)));
    }
    Optional<Anchor> last = Optional.of(new Anchor(Side.BEFORE, LAST.stepId()));
    List<Page<StoredArtifact>> pages =
        Pages.walk(side, last, anchor -> list(filter, anchor, limit));
    Collections.reverse(pages);
    List<String> walked = ids(pages);
    walked.add(LAST.artifactId());
    return walked;
  }

  private List<Outcome> write(String organizationId, Artifact... artifacts) {
    return stores().artifactWriter().write(organizationId, List.of(artifacts), call());
  }

  private byte[] stored(String organizationId, String artifactId) {
    return store().find(organizationId, artifactId, call()).orElseThrow().json();
  }

  private AStep step(String id) {
    return AStep.named(id).run("r");
  }

  private void record(AStep... steps) {
    List<WorkflowStep> built = new ArrayList<>();
    for (AStep step : steps) {
      built.add(step.build());
    }
    new StepRecorder(stores().stepWriter()).record(organization, built, call());
  }

  private Page<StoredArtifact> list(ArtifactFilter filter, Optional<Anchor> anchor, int limit) {
    return new ArtifactLister(store(), PAGE_BYTES)
        .list(new PageQuery<>(filter, Direction.ASCENDING, anchor, limit), call());
  }

  private static PageQuery<ArtifactFilter> query(ArtifactFilter filter) {
    return new PageQuery<>(filter, Direction.ASCENDING, Optional.empty(), 200);
  }

  private ArtifactFilter run(String run) {
    return ArtifactFilter.all(organization).withRunId(Optional.of(run));
  }

  private ArtifactFilter block(String block) {
    return run("r").withBlockId(Optional.of(block));
  }

  private static List<String> ids(Page<StoredArtifact> page) {
    return ids(List.of(page));
  }

  private static List<String> ids(List<Page<StoredArtifact>> pages) {
    List<String> ids = new ArrayList<>();
    pages.forEach(page -> page.rows().forEach(row -> ids.add(row.position().artifactId())));
    return ids;
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
