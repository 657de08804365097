package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepValidator;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any line is a document or is rejected by a field and a reason that are short. */
class DocumentsFuzz {

  private static final int LONGEST_SENTENCE = 1_000;

  private static final String RECORD =
      "{\"organization_id\":\"acme\",\"operation\":\"extraction\", \"id\": \"ext_1\",\"run_id\":\"r\","
          + "\"step_id\":\"s\",\"model\":null,\"created_at\":\"2026-03-12T09:00:00.50Z\",\"x\":[1E2,"
          + "{\"é\":\"\\ud83d\\ude00\"}]}";

  static Stream<byte[]> seeds() {
    return Stream.concat(Stream.of(RECORD), Documents.lines(Documents.EVERY_KIND).stream())
        .map(document -> document.getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_isADocumentOrRejected(byte[] bytes) throws Exception {
    take(bytes);
  }

  static void take(byte[] bytes) throws InvalidProtocolBufferException {
    step(bytes);
    artifact(bytes);
  }

  /** What is read and keeps to the rules can be stored, and sent. */
  private static void step(byte[] bytes) throws InvalidProtocolBufferException {
    WorkflowStep step;
    try {
      step = new StepReader("acme").read(bytes, 0, bytes.length);
    } catch (RejectedDocumentException e) {
      assertShort(e);
      return;
    }
    if (StepValidator.check(step).isPresent()) {
      return;
    }
    StepRecord record = StepRecord.of(step);
    WorkflowStep sent =
        WorkflowStep.parseFrom(
            ByteString.copyFrom(record.encoded().head())
                .concat(ByteString.copyFrom(record.encoded().outputs()))
                .concat(ByteString.copyFrom(record.encoded().inputs())));
    assertThat(sent.getStepId()).isEqualTo(step.getStepId());
    assertThat(sent.getHandleOutputsMap().keySet()).isEqualTo(step.getHandleOutputsMap().keySet());
    assertThat(sent.getHandleInputsMap().keySet()).isEqualTo(step.getHandleInputsMap().keySet());
  }

  /** What is kept of a record is a record, which says the same and loses nothing more. */
  private static void artifact(byte[] bytes) {
    Artifact artifact;
    try {
      artifact = new ArtifactReader("acme").read(bytes, 0, bytes.length);
    } catch (RejectedDocumentException e) {
      assertShort(e);
      return;
    }
    try {
      byte[] kept = artifact.json();
      Artifact again = new ArtifactReader("other").read(kept, 0, kept.length);
      assertThat(again).usingRecursiveComparison().isEqualTo(artifact);
    } catch (RejectedDocumentException e) {
      throw new AssertionError(new String(artifact.json(), UTF_8), e);
    }
  }

  private static void assertShort(RejectedDocumentException e) {
    assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(LONGEST_SENTENCE);
    assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl);
  }
}
