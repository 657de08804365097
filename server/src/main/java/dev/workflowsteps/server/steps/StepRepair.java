package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.call.FailedCallException.Reason.UNAVAILABLE;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.contract.Presence;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.TimestampRange;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.Handles;
import dev.workflowsteps.server.encoding.StoredForm;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes rows with broken bytes readable, so that one such row does not break a page. A broken head
 * is replaced by one made from the row's columns, broken outputs or inputs by one handle that is
 * marked corrupt.
 */
final class StepRepair {

  /** Stands for the text that a step with its status must have. */
  static final String LOST = "the stored step is broken";

  private static final int MOST_TRIES = 4;
  private static final Logger LOG = LoggerFactory.getLogger(StepRepair.class);

  private final StepStore store;

  StepRepair(StepStore store) {
    this.store = store;
  }

  /**
   * Rows that are all readable.
   *
   * @param storedSize of the rows as they were read, in bytes
   */
  record ReadableSteps(List<StoredStep> rows, long storedSize) {}

  /**
   * What {@code read} returns, each row readable.
   *
   * @param sortBy of the rows' positions
   * @param view of the rows
   * @throws FailedCallException {@code UNAVAILABLE} also if broken rows are written again and again
   */
  ReadableSteps readable(
      String organizationId, SortBy sortBy, View view, Supplier<List<StoredStep>> read, Call call) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      List<StoredStep> rows = read.get();
      List<StoredStep> broken =
          rows.stream().filter(row -> !StoredForm.isWhole(row.encoded())).toList();
      if (broken.isEmpty()) {
        return new ReadableSteps(rows, storedSize(rows));
      }
      Map<StepPosition, DescribedStep> described =
          describe(organizationId, broken, sortBy, view, call);
      // If one is gone, the rows are no longer what is stored.
      if (described.size() == broken.size()) {
        return new ReadableSteps(repaired(organizationId, rows, described), storedSize(rows));
      }
    }
    throw new FailedCallException(
        UNAVAILABLE, "broken steps are written more often than they can be read");
  }

  private static long storedSize(List<StoredStep> rows) {
    return rows.stream().mapToLong(StoredStep::storedSize).sum();
  }

  /** The rows that are still at their positions. */
  private Map<StepPosition, DescribedStep> describe(
      String organizationId, List<StoredStep> rows, SortBy sortBy, View view, Call call) {
    List<StepKey> keys =
        rows.stream()
            .map(row -> new StepKey(row.position().runId(), row.position().stepId()))
            .toList();
    Map<StepPosition, DescribedStep> described = new HashMap<>();
    for (DescribedStep row : store.describe(organizationId, keys, view, call)) {
      described.put(row.position(sortBy), row);
    }
    described.keySet().retainAll(rows.stream().map(StoredStep::position).toList());
    return described;
  }

  private static List<StoredStep> repaired(
      String organizationId, List<StoredStep> rows, Map<StepPosition, DescribedStep> described) {
    List<StoredStep> repaired = new ArrayList<>(rows);
    repaired.replaceAll(
        row -> {
          DescribedStep broken = described.get(row.position());
          return broken == null ? row : repaired(organizationId, row.position(), broken);
        });
    return repaired;
  }

  private static StoredStep repaired(
      String organizationId, StepPosition position, DescribedStep row) {
    StoredStep step = row.step();
    if (StoredForm.isWhole(step.encoded())) {
      return new StoredStep(position, step.externalBytes(), step.encoded());
    }
    LOG.warn(
        "the stored step {} of run {} of organization {} is broken; its readable parts are answered",
        Quote.text(position.stepId()),
        Quote.text(position.runId()),
        Quote.text(organizationId));
    EncodedStep encoded = readable(row);
    return new StoredStep(position, Handles.parse(encoded).externalBytes(), encoded);
  }

  /** The parts that can be read as they are, each other one replaced. */
  private static EncodedStep readable(DescribedStep row) {
    EncodedStep stored = row.step().encoded();
    return new EncodedStep(
        StoredForm.isHead(stored.head()) ? stored.head() : known(row).toByteArray(),
        handles(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, stored.outputs()),
        handles(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, stored.inputs()));
  }

  private static byte[] handles(int field, byte[] stored) {
    return StoredForm.areHandles(field, stored) ? stored : Handles.corrupt(field);
  }

  /** The step without its handles, as far as the columns know it. */
  private static WorkflowStep known(DescribedStep row) {
    StepPosition position = row.step().position();
    WorkflowStep.Builder step =
        WorkflowStep.newBuilder()
            .setRunId(position.runId())
            .setBlockId(row.blockId())
            .setStepId(position.stepId())
            .setBlockType(row.blockType())
            .setBlockLabel(row.blockId())
            .setLifecycle(lifecycle(row.status()))
            .setRetryCount(row.retryCount());
    startedAt(position).ifPresent(step::setStartedAt);
    row.workflowId().ifPresent(step::setWorkflowId);
    return step.build();
  }

  /** The texts that a step with this status must have say that they are lost. */
  private static StepLifecycle lifecycle(String status) {
    StepLifecycle.Builder lifecycle = StepLifecycle.newBuilder().setStatus(status);
    for (FieldDescriptor field : StepLifecycle.getDescriptor().getFields()) {
      if (Presence.of(field).filter(presence -> presence.isRequired(status)).isPresent()) {
        lifecycle.setField(field, LOST);
      }
    }
    return lifecycle.build();
  }

  private static Optional<Timestamp> startedAt(StepPosition position) {
    return Optional.of(Instant.EPOCH.plus(position.sortTime(), ChronoUnit.MICROS))
        .filter(TimestampRange::contains)
        .map(
            time ->
                Timestamp.newBuilder()
                    .setSeconds(time.getEpochSecond())
                    .setNanos(time.getNano())
                    .build());
  }
}
