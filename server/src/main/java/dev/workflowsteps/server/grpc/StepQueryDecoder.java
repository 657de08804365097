package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.steps.View;
import java.util.Optional;

/** Decides whether a request is valid: all of it, or everything that is wrong with it at once. */
final class StepQueryDecoder {

  /** The one step that a request asks for. */
  record StepName(String stepId, Optional<String> runId, View view) {}

  static PageQuery<StepFilter> list(Caller caller, ListWorkflowStepsRequest request) {
    ViolationList violations = new ViolationList(caller.violations());
    RequestFields fields = new RequestFields(request, violations);
    StepFilter filter =
        filter(caller, fields)
            .withSortBy(fields.word("sort_by", SortBy.STARTED_AT))
            .withTimes(times(fields))
            .withView(view(fields));
    onlyOneOfTheStatuses(fields);
    Optional<Anchor> anchor = fields.anchor();
    int limit = fields.number("limit");
    Direction order = fields.order();
    Errors.check(violations);
    return new PageQuery<>(filter, order, anchor, limit);
  }

  static StepFilter count(Caller caller, CountWorkflowStepsRequest request) {
    ViolationList violations = new ViolationList(caller.violations());
    RequestFields fields = new RequestFields(request, violations);
    StepFilter filter = filter(caller, fields).withTimes(times(fields));
    onlyOneOfTheStatuses(fields);
    Errors.check(violations);
    return filter;
  }

  static StepName step(Caller caller, GetWorkflowStepRequest request) {
    ViolationList violations = new ViolationList(caller.violations());
    RequestFields fields = new RequestFields(request, violations);
    Optional<String> stepId = fields.requiredText("step_id");
    Optional<String> runId = fields.text("run_id");
    View view = view(fields);
    Errors.check(violations);
    return new StepName(stepId.orElseThrow(), runId, view);
  }

  /** The first filters, of a list and of counts. Violations are in the order of the fields. */
  private static StepFilter filter(Caller caller, RequestFields fields) {
    return StepFilter.all(caller.organizationId())
        .withRunId(fields.text("run_id"))
        .withWorkflowId(fields.text("workflow_id"))
        .withBlockId(fields.text("block_id"))
        .withStepId(fields.text("step_id"))
        .withBlockTypes(fields.words("block_type"))
        .withStatuses(fields.words("status"))
        .withExcludedStatuses(fields.words("exclude_status"));
  }

  private static Optional<TimeRange> times(RequestFields fields) {
    return fields.times("from_date", "to_date");
  }

  private static void onlyOneOfTheStatuses(RequestFields fields) {
    fields.exclusive("status", "exclude_status");
  }

  private static View view(RequestFields fields) {
    return fields.word("view", View.FULL);
  }

  private StepQueryDecoder() {}
}
