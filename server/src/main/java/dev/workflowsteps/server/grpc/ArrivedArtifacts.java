package dev.workflowsteps.server.grpc;

import com.google.protobuf.ByteString;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsResponse;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.document.ArtifactReader;
import dev.workflowsteps.server.document.RejectedDocumentException;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The records of a request, and those that can't be read. */
final class ArrivedArtifacts {

  private final ArtifactReader reader;
  private final List<Artifact> artifacts = new ArrayList<>();

  /** One for each record: what is wrong with it, or empty if it is among the artifacts. */
  private final List<Optional<Rejection>> records = new ArrayList<>();

  private ArrivedArtifacts(ArtifactReader reader) {
    this.reader = reader;
  }

  static ArrivedArtifacts of(Caller caller, RecordWorkflowArtifactsRequest request) {
    Findings findings = new Findings(caller.findings());
    RecordResults.checkCount("records", request.getRecordsCount(), findings);
    ArrivedArtifacts arrived = new ArrivedArtifacts(new ArtifactReader(caller.organizationId()));
    request.getRecordsList().forEach(arrived::add);
    return arrived;
  }

  List<Artifact> artifacts() {
    return artifacts;
  }

  /**
   * @param results of {@link #artifacts}, in their order
   */
  EncodedMessage answer(List<WriteResult> results) {
    Iterator<WriteResult> next = results.iterator();
    RecordWorkflowArtifactsResponse.Builder answer = RecordWorkflowArtifactsResponse.newBuilder();
    for (Optional<Rejection> rejection : records) {
      answer.addResults(
          rejection.map(RecordResults::rejected).orElseGet(() -> RecordResults.of(next.next())));
    }
    return EncodedMessage.of(answer.build());
  }

  private void add(ByteString record) {
    byte[] json = record.toByteArray();
    try {
      artifacts.add(reader.read(json, 0, json.length));
      records.add(Optional.empty());
    } catch (RejectedDocumentException e) {
      records.add(Optional.of(e.rejection()));
    }
  }
}
