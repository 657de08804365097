package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.RejectedStepException;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepCodec;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The steps of a request to record, and those that no step can be made of. */
final class Arrived {

  static final int MOST_STEPS = 1_000;

  private final List<Step> steps = new ArrayList<>();

  /** One for each message: what is wrong with it, or empty if it is among the steps. */
  private final List<Optional<Rejection>> messages = new ArrayList<>();

  static Arrived of(Caller caller, RecordWorkflowStepsRequest request) {
    Findings findings = new Findings(caller.findings());
    int count = request.getStepsCount();
    if (count > MOST_STEPS) {
      findings.invalid("steps", count + " steps", "at most " + MOST_STEPS, List.of());
    }
    findings.check();
    Arrived arrived = new Arrived();
    request.getStepsList().forEach(arrived::add);
    return arrived;
  }

  List<Step> steps() {
    return steps;
  }

  /**
   * @param results of {@link #steps}, in their order
   */
  EncodedMessage answer(List<WriteResult> results) {
    Iterator<WriteResult> next = results.iterator();
    RecordWorkflowStepsResponse.Builder answer = RecordWorkflowStepsResponse.newBuilder();
    for (Optional<Rejection> rejection : messages) {
      answer.addResults(rejection.map(Arrived::rejected).orElseGet(() -> result(next.next())));
    }
    return new EncodedMessage(List.of(answer.build().toByteArray()));
  }

  private void add(WorkflowStep message) {
    try {
      steps.add(StepCodec.decode(message));
      messages.add(Optional.empty());
    } catch (RejectedStepException e) {
      messages.add(Optional.of(e.rejection()));
    }
  }

  private static RecordResult result(WriteResult result) {
    if (result instanceof WriteResult.Rejected rejected) {
      return rejected(rejected.rejection());
    }
    String outcome = ((WriteResult.Accepted) result).outcome().name().toLowerCase(Locale.ROOT);
    return RecordResult.newBuilder().setOutcome(outcome).build();
  }

  private static RecordResult rejected(Rejection rejection) {
    return RecordResult.newBuilder()
        .setOutcome("rejected")
        .setRejection(
            RecordRejection.newBuilder().setField(rejection.field()).setReason(rejection.reason()))
        .build();
  }
}
