package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactQuery;
import dev.workflowsteps.server.steps.StepQuery.Anchor;
import java.util.Optional;

/** As {@link StepQueryDecoder}, for artifacts. */
final class ArtifactQueryDecoder {

  static ArtifactQuery list(Caller caller, ListWorkflowArtifactsRequest request) {
    Findings findings = new Findings(caller.findings());
    RequestFields fields = new RequestFields(findings);
    ArtifactFilter filter =
        new ArtifactFilter(
            caller.organizationId(),
            fields.id("run_id", request.hasRunId(), request.getRunId()),
            fields.id("step_id", request.hasStepId(), request.getStepId()),
            operation(request, findings),
            fields.id("block_id", request.hasBlockId(), request.getBlockId()));
    // Over REST one that was given wrongly is not in the request, and already told.
    if (!request.hasRunId()
        && !request.hasStepId()
        && !findings.names("run_id")
        && !findings.names("step_id")) {
      findings.missingFilter("run_id", "step_id");
    }
    Optional<Anchor> anchor =
        fields.anchor(
            request.hasBefore(), request.getBefore(), request.hasAfter(), request.getAfter());
    int limit =
        fields.limit(
            request.hasLimit(),
            request.getLimit(),
            ArtifactQuery.DEFAULT_LIMIT,
            ArtifactQuery.MAX_LIMIT);
    findings.check();
    return new ArtifactQuery(filter, anchor, limit);
  }

  /** The id of the one record that a request asks for. */
  static String artifactId(Caller caller, GetWorkflowArtifactRequest request) {
    Findings findings = new Findings(caller.findings());
    Optional<String> artifactId =
        new RequestFields(findings)
            .id("artifact_id", request.hasArtifactId(), request.getArtifactId());
    if (!request.hasArtifactId()) {
      findings.missing("artifact_id");
    }
    findings.check();
    return artifactId.orElseThrow();
  }

  private static Optional<String> operation(
      ListWorkflowArtifactsRequest request, Findings findings) {
    if (!request.hasOperation()) {
      return Optional.empty();
    }
    if (request.getOperation().isEmpty()) {
      findings.empty("operation");
      return Optional.empty();
    }
    Optional<String> word = Words.OPERATION.read(request.getOperation());
    if (word.isEmpty()) {
      findings.unknownWord("operation", request.getOperation(), Words.OPERATION.all());
    }
    return word;
  }

  private ArtifactQueryDecoder() {}
}
