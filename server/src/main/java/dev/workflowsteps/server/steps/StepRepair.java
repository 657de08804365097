package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.steps.StepsException.Reason.UNAVAILABLE;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.proto.v1.WorkflowStep;
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
 * Makes rows whose bytes are broken readable, so that one does not break a page: the parts that can
 * be read stay, what is lost of the head is told from the row's columns, and what is lost of the
 * handles is marked corrupt.
 */
final class StepRepair {

  /** In place of the text that a step in its state must have. */
  static final String LOST = "the stored step is broken";

  private static final int MOST_TRIES = 4;
  private static final Logger LOG = LoggerFactory.getLogger(StepRepair.class);

  private final StepStore store;

  StepRepair(StepStore store) {
    this.store = store;
  }

  /**
   * What {@code read} gives, each row readable.
   *
   * @param most the rows that follow are left out if the repaired ones make all of them pass this
   *     many bytes
   * @throws StepsException {@code UNAVAILABLE} also if broken rows are written all the time
   */
  Walk<StoredStep> readable(
      String organizationId, Supplier<Walk<StoredStep>> read, long most, Call call) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Walk<StoredStep> walk = read.get();
      List<StoredStep> broken = broken(walk.rows());
      if (broken.isEmpty()) {
        return walk;
      }
      Map<StepPosition, DescribedStep> described = describe(organizationId, broken, call);
      // If one is not there any more, what was read is not what stands.
      if (described.size() == broken.size()) {
        List<StoredStep> repaired = repaired(organizationId, walk.rows(), described);
        return new Walk<>(repaired, walk.more()).cut(most);
      }
    }
    throw new StepsException(
        UNAVAILABLE, "broken steps are written more often than they can be read");
  }

  private static List<StoredStep> broken(List<StoredStep> rows) {
    List<StoredStep> broken = List.of();
    for (StoredStep row : rows) {
      if (!StoredForm.isWhole(row)) {
        broken = broken.isEmpty() ? new ArrayList<>() : broken;
        broken.add(row);
      }
    }
    return broken;
  }

  /** Those of the rows that still stand where they stood. */
  private Map<StepPosition, DescribedStep> describe(
      String organizationId, List<StoredStep> rows, Call call) {
    List<StepKey> keys =
        rows.stream()
            .map(row -> new StepKey(row.position().runId(), row.position().stepId()))
            .toList();
    Map<StepPosition, DescribedStep> described = new HashMap<>();
    for (DescribedStep row : store.describe(organizationId, keys, call)) {
      described.put(row.step().position(), row);
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
          return broken == null ? row : repaired(organizationId, broken);
        });
    return repaired;
  }

  private static StoredStep repaired(String organizationId, DescribedStep row) {
    StoredStep step = row.step();
    if (StoredForm.isWhole(step)) {
      return step;
    }
    LOG.warn(
        "the stored step {} of run {} of organization {} is broken; what is left of it is answered",
        Quote.text(step.position().stepId()),
        Quote.text(step.position().runId()),
        Quote.text(organizationId));
    byte[] head = StoredForm.isHead(step.head()) ? step.head() : StepHead.encode(known(row));
    Handles handles =
        new Handles(
            SalvagedHandles.of(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, step.outputs()),
            SalvagedHandles.of(WorkflowStep.HANDLE_INPUTS_FIELD_NUMBER, step.inputs()));
    return new StoredStep(
        step.position(), handles.outBytes(), head, handles.outputs(), handles.inputs());
  }

  /** The step without its handles, as far as the columns know it. */
  private static Step known(DescribedStep row) {
    StepPosition position = row.step().position();
    Step.Lifecycle lifecycle =
        new Step.Lifecycle(
            row.status(),
            Optional.of(LOST).filter(text -> StepRules.hasReason(row.status())),
            Optional.of(LOST).filter(text -> StepRules.hasMessage(row.status())),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new Step(
        position.runId(),
        row.blockId(),
        position.stepId(),
        row.blockType(),
        row.blockId(),
        lifecycle,
        Optional.empty(),
        startedAt(position),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        row.workflowId(),
        Optional.empty(),
        List.of(),
        row.retryCount());
  }

  private static Optional<Instant> startedAt(StepPosition position) {
    return Optional.of(Instant.EPOCH.plus(position.sortTime(), ChronoUnit.MICROS))
        .filter(time -> !time.isBefore(FieldRules.EARLIEST) && !time.isAfter(FieldRules.LATEST));
  }
}
