package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Steps of one organization, drawn at random, changed at random, and known to the test: what a
 * storage holds and, beside it, what it should.
 */
final class RandomSteps {

  /** The order of the list, by the bytes themselves. */
  static final Comparator<StepPosition> ORDER =
      Comparator.comparingLong(StepPosition::sortTime)
          .thenComparing(position -> utf8(position.stepId()), Arrays::compareUnsigned)
          .thenComparing(position -> utf8(position.runId()), Arrays::compareUnsigned);

  private static final Set<String> FINAL = Set.of("completed", "error", "skipped", "cancelled");

  private static final List<String> RUNS = List.of("run", "Run", "~run", "é-run", "😀");
  private static final List<String> IDS =
      List.of(
          "a", "A", "b", "B", "ab", "a-b", "a_b", "~", "é", "e", "z", "\uFF5E", "😀", "10", "2");
  private static final List<String> WORKFLOWS = List.of("workflow", "Workflow");
  private static final List<String> BLOCKS = List.of("block", "Block", "é");

  /** Few, so that many steps start at one time. */
  private static final List<Instant> TIMES =
      List.of(
          Instant.parse("1969-12-31T23:59:59.999999Z"),
          Instant.parse("2026-03-12T09:00:00Z"),
          Instant.parse("2026-03-12T09:00:00.000001Z"),
          Instant.parse("2026-03-12T09:00:01Z"));

  private final Random random;
  private final String organizationId;
  private final String suffix;
  private final StepWriter writer;
  private final Consumer<StepKey> delete;
  private final Map<StepKey, WorkflowStep> stored = new LinkedHashMap<>();
  private final Set<StepKey> moved = new HashSet<>();
  private final Set<StepKey> rewritten = new HashSet<>();

  /**
   * @param suffix of all step ids, so that several write to one organization
   * @param delete deletes a step of the organization from the storage
   */
  RandomSteps(
      Random random,
      String organizationId,
      String suffix,
      StepWriter writer,
      Consumer<StepKey> delete) {
    this.random = random;
    this.organizationId = organizationId;
    this.suffix = suffix;
    this.writer = writer;
    this.delete = delete;
  }

  void insert(int steps) {
    for (int i = 0; i < steps; i++) {
      insert();
    }
  }

  int count() {
    return stored.size();
  }

  /** All steps that a filter keeps, in the order of the list and at their positions there. */
  List<StepRecord> matching(StepFilter filter) {
    return stored.values().stream()
        .map(step -> AFilter.at(StepRecord.of(step), time(step, filter.sortBy())))
        .filter(record -> AFilter.passes(filter, record))
        .sorted(Comparator.comparing(StepRecord::position, ORDER))
        .toList();
  }

  /** The time that a list is sorted by, from the step itself. */
  private static long time(WorkflowStep step, SortBy sortBy) {
    if (sortBy == SortBy.STARTED_AT) {
      return step.hasStartedAt() ? micros(step.getStartedAt()) : Long.MAX_VALUE;
    }
    if (!FINAL.contains(step.getLifecycle().getStatus())) {
      return Long.MAX_VALUE;
    }
    if (step.hasCompletedAt()) {
      return micros(step.getCompletedAt());
    }
    if (step.hasStartedAt()) {
      return micros(step.getStartedAt());
    }
    return step.hasCreatedAt() ? micros(step.getCreatedAt()) : Long.MAX_VALUE;
  }

  private static long micros(Timestamp time) {
    return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
  }

  /** The place of a step in a list. */
  StepPosition position(String runId, String stepId, SortBy sortBy) {
    return new StepPosition(time(stored.get(new StepKey(runId, stepId)), sortBy), stepId, runId);
  }

  /** Whether a step stood as it stands now ever since the first {@link #change}. */
  boolean isUnchanged(StepKey key) {
    return !moved.contains(key) && !rewritten.contains(key);
  }

  /** Whether a step was moved or deleted, or came, by a {@link #change}. */
  boolean isMoved(StepKey key) {
    return moved.contains(key);
  }

  /**
   * Writes, moves or deletes one step.
   *
   * @param near the step to choose as often as any other
   * @param inPlace steps that may only be written where they stand
   * @param sortBy of the list where they stand
   */
  void change(Optional<StepPosition> near, Set<StepKey> inPlace, SortBy sortBy) {
    if (stored.isEmpty() || random.nextInt(5) == 0) {
      moved.add(insert());
      return;
    }
    StepKey key = chosen(near);
    if (inPlace.contains(key) || random.nextInt(3) == 0) {
      rewritten.add(key);
      rewriteInPlace(stored.get(key), sortBy);
      return;
    }
    moved.add(key);
    if (random.nextBoolean()) {
      delete.accept(key);
      stored.remove(key);
    } else {
      write(withTimes(nextTry(stored.get(key))).setLifecycle(anyState(Words.STATUS.all())).build());
    }
  }

  private StepKey chosen(Optional<StepPosition> near) {
    Optional<StepKey> beside =
        near.map(position -> new StepKey(position.runId(), position.stepId()))
            .filter(stored::containsKey);
    if (beside.isPresent() && random.nextBoolean()) {
      return beside.get();
    }
    return any(List.copyOf(stored.keySet()));
  }

  private StepKey insert() {
    String runId = any(RUNS);
    String stepId = any(IDS);
    while (isTaken(runId, stepId + suffix)) {
      stepId += any(IDS);
    }
    AStep step =
        AStep.named(stepId + suffix)
            .run(runId)
            .block(any(BLOCKS))
            .type(any(Words.BLOCK_TYPE.all().subList(0, 4)))
            .lifecycle(anyState(Words.STATUS.all()));
    if (random.nextBoolean()) {
      step.workflow(any(WORKFLOWS));
    }
    return write(withTimes(step.build().toBuilder()).build());
  }

  private boolean isTaken(String runId, String stepId) {
    StepKey key = new StepKey(runId, stepId);
    return moved.contains(key) || stored.containsKey(key);
  }

  /** The same step with another state and other payloads, at its place in a list. */
  private void rewriteInPlace(WorkflowStep old, SortBy sortBy) {
    boolean ended = FINAL.contains(old.getLifecycle().getStatus());
    List<String> states =
        Words.STATUS.all().stream()
            .filter(word -> sortBy == SortBy.STARTED_AT || FINAL.contains(word) == ended)
            .toList();
    write(nextTry(old).setLifecycle(anyState(states)).build());
  }

  private static WorkflowStep.Builder nextTry(WorkflowStep old) {
    return old.toBuilder().setRetryCount(old.getRetryCount() + 1);
  }

  private StepLifecycle anyState(List<String> words) {
    return AStep.state(any(words), null, null, null, null, null);
  }

  private WorkflowStep.Builder withTimes(WorkflowStep.Builder step) {
    step.clearStartedAt().clearCompletedAt().clearCreatedAt();
    if (random.nextBoolean()) {
      step.setStartedAt(AStep.timestamp(any(TIMES)));
    }
    if (random.nextInt(3) == 0) {
      step.setCompletedAt(AStep.timestamp(any(TIMES)));
    }
    if (random.nextInt(3) == 0) {
      step.setCreatedAt(AStep.timestamp(any(TIMES)));
    }
    return step;
  }

  private StepKey write(WorkflowStep drawn) {
    WorkflowStep step =
        drawn.toBuilder()
            .putHandleOutputs("drawn", AStep.json('"' + "x".repeat(random.nextInt(100)) + '"'))
            .build();
    StepRecord record = StepRecord.of(step);
    assertThat(writer.write(organizationId, List.of(record), Call.within(Duration.ofSeconds(30))))
        .containsExactly(step.getRetryCount() == 0 ? Outcome.NEW : Outcome.CHANGED);
    stored.put(record.key(), step);
    return record.key();
  }

  /** A filter that some of the steps pass. */
  StepFilter filter() {
    List<String> statuses = someOf(Words.STATUS.all());
    return StepFilter.all(organizationId)
        .withRunId(sometimes(RUNS))
        .withWorkflowId(sometimes(WORKFLOWS))
        .withBlockId(sometimes(BLOCKS))
        .withStepId(random.nextInt(8) == 0 ? Optional.of(any(IDS)) : Optional.empty())
        .withBlockTypes(someOf(Words.BLOCK_TYPE.all()))
        .withStatuses(statuses)
        .withExcludedStatuses(statuses.isEmpty() ? someOf(Words.STATUS.all()) : List.of())
        .withSortBy(any(List.of(SortBy.values())))
        .withTimes(times());
  }

  /** None mostly, else between any two times, or from or to one. */
  private Optional<TimeRange> times() {
    if (random.nextInt(3) > 0) {
      return Optional.empty();
    }
    long one = micros(any(TIMES)) + random.nextInt(2);
    long other = micros(any(TIMES)) + random.nextInt(2);
    return Optional.of(
        switch (random.nextInt(4)) {
          case 0 -> new TimeRange(one, Long.MAX_VALUE);
          case 1 -> new TimeRange(Long.MIN_VALUE, one);
          default -> new TimeRange(Math.min(one, other), Math.max(one, other) + 1);
        });
  }

  /** Without the first and the last of all times. */
  TimeRange timesInTheMiddle() {
    return new TimeRange(micros(TIMES.get(1)), micros(TIMES.get(3)));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private Optional<String> sometimes(List<String> values) {
    return random.nextInt(4) == 0 ? Optional.of(any(values)) : Optional.empty();
  }

  /** None in particular mostly, else each with the chance of a half, sorted. */
  private List<String> someOf(List<String> words) {
    if (random.nextInt(3) > 0) {
      return List.of();
    }
    List<String> some = new ArrayList<>(words);
    some.removeIf(word -> random.nextBoolean());
    return some.stream().sorted().toList();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
