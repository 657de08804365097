package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageQuery;
import java.util.Optional;

/** As {@link StepQueryDecoder}, for artifacts. */
final class ArtifactQueryDecoder {

  static PageQuery<ArtifactFilter> list(Caller caller, ListWorkflowArtifactsRequest request) {
    ViolationList violations = new ViolationList(caller.violations());
    RequestFields fields = new RequestFields(request, violations);
    ArtifactFilter filter =
        ArtifactFilter.all(caller.organizationId())
            .withRunId(fields.text("run_id"))
            .withStepId(fields.text("step_id"))
            .withOperation(fields.word("operation"))
            .withBlockId(fields.text("block_id"));
    // Over REST a value that can't be read is not in the request, and already among the violations.
    if (!request.hasRunId()
        && !request.hasStepId()
        && !violations.names("run_id")
        && !violations.names("step_id")) {
      violations.missingFilter("run_id", "step_id");
    }
    Optional<Anchor> anchor = fields.anchor();
    int limit = fields.number("limit");
    Direction order = fields.order();
    Errors.check(violations);
    return new PageQuery<>(filter, order, anchor, limit);
  }

  /** The id of the one record that a request asks for. */
  static String artifactId(Caller caller, GetWorkflowArtifactRequest request) {
    ViolationList violations = new ViolationList(caller.violations());
    Optional<String> artifactId =
        new RequestFields(request, violations).requiredText("artifact_id");
    Errors.check(violations);
    return artifactId.orElseThrow();
  }

  private ArtifactQueryDecoder() {}
}
