package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
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
  private final StepWriter writer;
  private final Consumer<StepKey> delete;
  private final TreeMap<StepPosition, StepRecord> stored = new TreeMap<>();
  private final Set<StepKey> moved = new HashSet<>();
  private final Set<StepKey> rewritten = new HashSet<>();

  /**
   * @param delete deletes a step of the organization from the storage
   */
  RandomSteps(Random random, String organizationId, StepWriter writer, Consumer<StepKey> delete) {
    this.random = random;
    this.organizationId = organizationId;
    this.writer = writer;
    this.delete = delete;
  }

  void insert(int steps) {
    for (int i = 0; i < steps; i++) {
      insert();
    }
  }

  /** All steps that a filter keeps, in the order of the list. */
  List<StepRecord> matching(StepFilter filter) {
    return stored.values().stream()
        .filter(record -> AFilter.passes(filter, record))
        .sorted(Comparator.comparing(StepRecord::position, ORDER))
        .toList();
  }

  /** The step of that id in a run that has started. */
  StepPosition started(String runId, String stepId) {
    return stored.keySet().stream()
        .filter(position -> position.runId().equals(runId) && position.stepId().equals(stepId))
        .findFirst()
        .orElseThrow();
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
   */
  void change(Optional<StepPosition> near, Set<StepKey> inPlace) {
    if (stored.isEmpty() || random.nextInt(5) == 0) {
      moved.add(insert());
      return;
    }
    StepRecord record = chosen(near);
    if (inPlace.contains(record.key()) || random.nextInt(3) == 0) {
      rewritten.add(record.key());
      replace(record, startOf(record));
      return;
    }
    moved.add(record.key());
    if (random.nextBoolean()) {
      delete.accept(record.key());
      stored.remove(record.position());
    } else {
      replace(record, Optional.of(any(TIMES)));
    }
  }

  private StepRecord chosen(Optional<StepPosition> near) {
    Optional<StepRecord> beside = near.map(stored::get);
    if (beside.isPresent() && random.nextBoolean()) {
      return beside.get();
    }
    return any(List.copyOf(stored.values()));
  }

  private StepKey insert() {
    String runId = any(RUNS);
    String stepId = any(IDS);
    while (isTaken(runId, stepId)) {
      stepId += any(IDS);
    }
    AStep step =
        AStep.named(stepId)
            .run(runId)
            .block(any(BLOCKS))
            .type(any(Words.BLOCK_TYPE.all().subList(0, 4)));
    if (random.nextBoolean()) {
      step.workflow(any(WORKFLOWS));
    }
    return write(step, random.nextBoolean() ? Optional.empty() : Optional.of(any(TIMES)), 0);
  }

  private boolean isTaken(String runId, String stepId) {
    StepKey key = new StepKey(runId, stepId);
    return moved.contains(key)
        || stored.values().stream().anyMatch(record -> record.key().equals(key));
  }

  /** The same step with another state and other payloads. */
  private void replace(StepRecord old, Optional<Instant> startedAt) {
    stored.remove(old.position());
    AStep step =
        AStep.named(old.position().stepId())
            .run(old.position().runId())
            .block(old.blockId())
            .type(old.blockType());
    old.workflowId().ifPresent(step::workflow);
    write(step, startedAt, old.retryCount() + 1);
  }

  private StepKey write(AStep step, Optional<Instant> startedAt, int retryCount) {
    WorkflowStep drawn =
        step.status(any(Words.STATUS.all()))
            .startedAt(startedAt.map(Instant::toString).orElse(null))
            .retryCount(retryCount)
            .output("drawn", '"' + "x".repeat(random.nextInt(100)) + '"')
            .build();
    StepRecord record = StepRecord.of(drawn);
    assertThat(writer.write(organizationId, List.of(record), Call.within(Duration.ofSeconds(30))))
        .containsExactly(retryCount == 0 ? Outcome.NEW : Outcome.CHANGED);
    stored.put(record.position(), record);
    return record.key();
  }

  private static Optional<Instant> startOf(StepRecord record) {
    long micros = record.position().sortTime();
    return record.position().hasTime()
        ? Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
        : Optional.empty();
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
