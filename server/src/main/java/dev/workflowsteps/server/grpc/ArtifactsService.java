package dev.workflowsteps.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactResponse;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactLister;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.artifacts.StoredArtifact;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.RejectedDocumentException;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.steps.WriteBatch;
import dev.workflowsteps.server.steps.WriteResult;
import dev.workflowsteps.server.stores.Stores;
import java.util.List;

/** {@code workflows.v1.WorkflowArtifactsService}: decode, ask the use case, encode. */
final class ArtifactsService {

  private final ArtifactLister lister;
  private final ArtifactRecorder recorder;
  private final int pageBytes;
  private final CursorCounters cursors;
  private final DocumentCounters documents;

  ArtifactsService(Settings settings, Stores stores, Meters meters) {
    this.pageBytes = settings.get(Setting.PAGE_BYTES);
    this.lister = new ArtifactLister(stores.artifactStore(), pageBytes);
    this.recorder = new ArtifactRecorder(stores.artifactWriter());
    this.cursors = new CursorCounters(meters.data());
    this.documents = new DocumentCounters(meters.data(), "artifact");
  }

  List<UnaryMethod<?>> methods() {
    return List.of(
        new UnaryMethod<>(
            WorkflowArtifactsServiceGrpc.getListWorkflowArtifactsMethod(),
            ListWorkflowArtifactsRequest.getDefaultInstance(),
            request -> Work.READ,
            pageBytes,
            this::list),
        new UnaryMethod<>(
            WorkflowArtifactsServiceGrpc.getGetWorkflowArtifactMethod(),
            GetWorkflowArtifactRequest.getDefaultInstance(),
            request -> Work.READ,
            pageBytes,
            this::get),
        new UnaryMethod<>(
            WorkflowArtifactsServiceGrpc.getRecordWorkflowArtifactsMethod(),
            RecordWorkflowArtifactsRequest.getDefaultInstance(),
            request -> Work.WRITE,
            RecordResults.MAX_BYTES,
            this::record));
  }

  private EncodedMessage list(Caller caller, ListWorkflowArtifactsRequest request, Call call) {
    PageQuery<ArtifactFilter> query = ArtifactQueryDecoder.list(caller, request);
    cursors.count(query);
    Page<StoredArtifact> page = lister.list(query, call);
    ListWorkflowArtifactsResponse.Builder answer = ListWorkflowArtifactsResponse.newBuilder();
    page.rows().forEach(artifact -> answer.addData(message(artifact)));
    return EncodedMessage.of(answer.setListMetadata(page.metadata()).build(), page.rows().size());
  }

  private EncodedMessage get(Caller caller, GetWorkflowArtifactRequest request, Call call) {
    String artifactId = ArtifactQueryDecoder.artifactId(caller, request);
    StoredArtifact artifact = lister.get(caller.organizationId(), artifactId, call);
    return EncodedMessage.of(
        GetWorkflowArtifactResponse.newBuilder().setArtifact(message(artifact)).build());
  }

  private EncodedMessage record(Caller caller, RecordWorkflowArtifactsRequest request, Call call) {
    ArtifactReader reader = new ArtifactReader(caller.organizationId());
    WriteBatch<Artifact> batch = new WriteBatch<>();
    for (ByteString record : request.getRecordsList()) {
      byte[] json = record.toByteArray();
      try {
        batch.add(reader.read(json, 0, json.length));
      } catch (RejectedDocumentException e) {
        batch.reject(e.rejection());
      }
    }
    List<WriteResult> results =
        batch.results(recorder.record(caller.organizationId(), batch.documents(), call));
    documents.count(results);
    return EncodedMessage.of(
        RecordWorkflowArtifactsResponse.newBuilder()
            .addAllResults(RecordResults.of(results))
            .build(),
        request.getRecordsCount());
  }

  private static WorkflowArtifact message(StoredArtifact artifact) {
    ByteString json = UnsafeByteOperations.unsafeWrap(artifact.json());
    return WorkflowArtifact.newBuilder()
        .setOperation(artifact.operation())
        .setId(artifact.position().artifactId())
        .setRunId(artifact.position().step().runId())
        .setStepId(artifact.position().step().stepId())
        .setRecord(json)
        .build();
  }
}
