package dev.workflowsteps.server.grpc;

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
import java.util.Optional;

/** The steps of a request to record, and those that no step can be made of. */
final class ArrivedSteps {

  private final List<Step> steps = new ArrayList<>();

  /** One for each message: what is wrong with it, or empty if it is among the steps. */
  private final List<Optional<Rejection>> messages = new ArrayList<>();

  static ArrivedSteps of(Caller caller, RecordWorkflowStepsRequest request) {
    Findings findings = new Findings(caller.findings());
    RecordResults.checkCount("steps", request.getStepsCount(), findings);
    ArrivedSteps arrived = new ArrivedSteps();
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
      answer.addResults(
          rejection.map(RecordResults::rejected).orElseGet(() -> RecordResults.of(next.next())));
    }
    return EncodedMessage.of(answer.build());
  }

  private void add(WorkflowStep message) {
    try {
      steps.add(StepCodec.decode(message));
      messages.add(Optional.empty());
    } catch (RejectedStepException e) {
      messages.add(Optional.of(e.rejection()));
    }
  }
}
