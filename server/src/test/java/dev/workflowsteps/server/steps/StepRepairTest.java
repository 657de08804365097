package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.StoredForm;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.Scan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Broken rows that are written while they are looked at, and what is logged of them. */
class StepRepairTest {

  private static final String ORG = "acme";

  private final InMemoryStepStore store = new InMemoryStepStore();
  private final List<Integer> described = new ArrayList<>();
  private IntConsumer beforeDescribe = tries -> {};
  private final StepRepair repair = new StepRepair(new Describing());

  @Test
  void wholeRows_areGivenAsTheyAre_andNothingElseIsAsked() {
    write(AStep.named("step"), false);

    List<StoredStep> rows = rows();

    assertThat(repair.readable(ORG, SortBy.STARTED_AT, () -> rows, call()).rows()).isSameAs(rows);
    assertThat(described).isEmpty();
  }

  @Test
  void brokenRows_areDescribedAllAtOnce() {
    write(AStep.named("step-1"), true);
    write(AStep.named("step-2"), false);
    write(AStep.named("step-3"), true);

    assertThat(readable()).hasSize(3).allMatch(row -> StoredForm.isWhole(row.encoded()));
    assertThat(described).containsExactly(2);
  }

  @Test
  void brokenRows_thatAreLargerThanTheirBytes_leaveTheOthersToTheNextPage() {
    for (int i = 0; i < 3; i++) {
      write(AStep.named("step-" + i), true);
    }
    long all = Pages.responseBytes(page(Long.MAX_VALUE / 2));

    assertThat(page(all).rows()).hasSize(3);
    assertThat(page(all).after()).isEmpty();
    assertThat(page(all - 1).rows()).hasSize(2);
    assertThat(page(all - 1).after()).isPresent();
    assertThat(page(1).rows()).hasSize(1);
  }

  @Test
  void brokenRow_writtenAnew_isGivenAsItIsNow() {
    write(AStep.named("step"), true);
    beforeDescribe = tries -> write(AStep.named("step").retryCount(1).label("new"), false);

    List<StoredStep> rows = readable();

    assertThat(rows.get(0).sameAs(rows().get(0))).isTrue();
    assertThat(described).containsExactly(1);
  }

  @Test
  void brokenRow_thatMoved_isReadAgain() {
    write(AStep.named("step"), true);
    beforeDescribe =
        tries -> {
          if (tries == 1) {
            write(AStep.named("step").retryCount(1).startedAt("2026-03-12T10:00:00Z"), true);
          }
        };

    List<StoredStep> rows = readable();

    assertThat(rows.get(0).position()).isEqualTo(rows().get(0).position());
    assertThat(described).containsExactly(1, 1);
  }

  @Test
  void brokenRow_inAListByTheEnd_keepsItsPlaceThere_andItsStart() throws Exception {
    write(
        AStep.named("step")
            .startedAt("2026-03-12T09:00:00Z")
            .completedAt(Instant.parse("2026-03-12T09:00:07Z")),
        true);
    StepFilter byEnd = StepFilter.all(ORG).withSortBy(SortBy.ENDED_AT);

    List<StoredStep> rows = repair.readable(ORG, SortBy.ENDED_AT, () -> rows(byEnd), call()).rows();

    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).position()).isEqualTo(rows(byEnd).get(0).position());
    assertThat(WorkflowStep.parseFrom(rows.get(0).encoded().bytes()).getStartedAt().getSeconds())
        .isEqualTo(Instant.parse("2026-03-12T09:00:00Z").getEpochSecond());
    assertThat(described).containsExactly(1);
  }

  @Test
  void brokenRow_thatWasDeleted_isGone() {
    write(AStep.named("step"), true);
    beforeDescribe = tries -> store.delete(ORG, new StepKey("run_1", "step"));

    assertThat(readable()).isEmpty();
  }

  @Test
  void brokenRow_movedAgainAndAgain_isUnavailable_afterFourTries() {
    write(AStep.named("step"), true);
    beforeDescribe =
        tries ->
            write(
                AStep.named("step").retryCount(tries).startedAt("203" + tries + "-01-01T00:00:00Z"),
                true);

    assertThatThrownBy(() -> readable())
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE));
    assertThat(described).hasSize(4);
  }

  @Test
  void brokenRow_isLogged_byItsIdsAlone() {
    write(AStep.named("step\n1").run("run\"2").label("secret").output("secret", "1"), true);
    Logger logger = (Logger) LoggerFactory.getLogger(StepRepair.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      readable();
    } finally {
      logger.detachAppender(logged);
    }

    assertThat(logged.list).hasSize(1);
    assertThat(logged.list.get(0).getLevel()).isEqualTo(Level.WARN);
    assertThat(logged.list.get(0).getFormattedMessage())
        .contains("\"step\\u000a1\"", "\"run\\\"2\"", "\"acme\"")
        .doesNotContain("secret", "\n");
  }

  private List<StoredStep> readable() {
    return repair.readable(ORG, SortBy.STARTED_AT, this::rows, call()).rows();
  }

  private Page<StoredStep> page(long pageBytes) {
    return new StepLister(store, store, pageBytes)
        .list(
            new PageQuery<>(StepFilter.all(ORG), Direction.ASCENDING, Optional.empty(), 10),
            call());
  }

  private List<StoredStep> rows() {
    return rows(StepFilter.all(ORG));
  }

  private List<StoredStep> rows(StepFilter filter) {
    return store.scan(
        new Scan<>(filter, Direction.ASCENDING, Optional.empty(), 10, Long.MAX_VALUE), call());
  }

  private void write(AStep step, boolean broken) {
    StepRecord whole = StepRecord.of(step.build());
    StepRecord record =
        new StepRecord(
            whole.position(),
            whole.endedAt(),
            whole.workflowId(),
            whole.blockId(),
            whole.blockType(),
            whole.status(),
            whole.retryCount(),
            new EncodedStep(
                broken ? new byte[] {(byte) whole.retryCount()} : whole.encoded().head(),
                whole.encoded().outputs(),
                whole.encoded().inputs()),
            whole.payloads());
    store.write(ORG, List.of(record), call());
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }

  /** The oracle, with something that happens just before it describes. */
  private final class Describing implements StepStore {

    @Override
    public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
      throw new AssertionError("rows are read by whoever asks for the repair");
    }

    @Override
    public List<StoredStep> find(
        String organizationId, String stepId, Optional<String> runId, int most, Call call) {
      throw new AssertionError("rows are read by whoever asks for the repair");
    }

    @Override
    public List<StepPosition> positions(
        String organizationId,
        String stepId,
        Optional<String> runId,
        SortBy sortBy,
        int most,
        Call call) {
      throw new AssertionError("positions are not asked for");
    }

    @Override
    public List<DescribedStep> describe(
        String organizationId, Collection<StepKey> keys, Call call) {
      described.add(keys.size());
      beforeDescribe.accept(described.size());
      return store.describe(organizationId, keys, call);
    }
  }
}
