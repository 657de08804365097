package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.steps.Direction;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepQuery;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import java.util.List;
import java.util.Optional;

/** Decides whether a request is valid: all of it, or everything that is wrong with it at once. */
final class StepQueryDecoder {

  private static final List<String> ORDERS = List.of("asc", "desc");

  /** The one step that a request asks for. */
  record StepName(String stepId, Optional<String> runId) {}

  static StepQuery list(Caller caller, ListWorkflowStepsRequest request) {
    Findings findings = new Findings(caller.findings());
    RequestFields fields = new RequestFields(findings);
    StepFilter filter =
        new StepFilter(
            caller.organizationId(),
            fields.id("run_id", request.hasRunId(), request.getRunId()),
            fields.id("workflow_id", request.hasWorkflowId(), request.getWorkflowId()),
            fields.id("block_id", request.hasBlockId(), request.getBlockId()),
            fields.id("step_id", request.hasStepId(), request.getStepId()),
            fields.words("block_type", request.getBlockTypeList(), Words.BLOCK_TYPE.all()),
            fields.words("status", request.getStatusList(), Words.STATUS.all()));
    Optional<Anchor> anchor =
        fields.anchor(
            request.hasBefore(), request.getBefore(), request.hasAfter(), request.getAfter());
    int limit =
        fields.limit(
            request.hasLimit(), request.getLimit(), StepQuery.DEFAULT_LIMIT, StepQuery.MAX_LIMIT);
    Direction order = order(request, findings);
    findings.check();
    return new StepQuery(filter, order, anchor, limit);
  }

  static StepName step(Caller caller, GetWorkflowStepRequest request) {
    Findings findings = new Findings(caller.findings());
    RequestFields fields = new RequestFields(findings);
    Optional<String> stepId = fields.id("step_id", request.hasStepId(), request.getStepId());
    Optional<String> runId = fields.id("run_id", request.hasRunId(), request.getRunId());
    if (!request.hasStepId()) {
      findings.missing("step_id");
    }
    findings.check();
    return new StepName(stepId.orElseThrow(), runId);
  }

  private static Direction order(ListWorkflowStepsRequest request, Findings findings) {
    if (request.hasOrder() && request.getOrder().isEmpty()) {
      findings.empty("order");
    } else if (request.hasOrder() && !ORDERS.contains(request.getOrder())) {
      findings.unknownWord("order", request.getOrder(), ORDERS);
    }
    return request.getOrder().equals("desc") ? Direction.DESCENDING : Direction.ASCENDING;
  }

  private StepQueryDecoder() {}
}
