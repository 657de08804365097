package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.StoredForm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What is taken for whole can be read by everybody; what is not is made whole. */
class StoredFormFuzz {

  private static final String ORG = "acme";

  static Stream<byte[]> seeds() {
    StepRecord step = StepRecord.of(fullStep());
    return Stream.of(step.encoded().head(), step.encoded().outputs(), step.encoded().inputs());
  }

  @MethodSource("seeds")
  @FuzzTest
  void scan_anyBytes_findsWhetherTheyCanBeRead(byte[] bytes) throws Exception {
    take(bytes);
  }

  /** The bytes as each of the parts of a step, and as a step in which the others are whole. */
  static void take(byte[] bytes) throws InvalidProtocolBufferException {
    if (StoredForm.isHead(bytes)) {
      WorkflowStep step = WorkflowStep.parseFrom(bytes);
      assertThat(step.hasLifecycle()).isTrue();
    }
    if (StoredForm.areHandles(WorkflowStep.HANDLE_OUTPUTS_FIELD_NUMBER, bytes)) {
      WorkflowStep.parseFrom(bytes);
    }
    StepRecord whole = StepRecord.of(AStep.named("step").output("o", "1.50").build());
    repaired(whole, bytes, whole.encoded().outputs(), whole.encoded().inputs());
    repaired(whole, whole.encoded().head(), bytes, whole.encoded().inputs());
    repaired(whole, whole.encoded().head(), whole.encoded().outputs(), bytes);
  }

  private static void repaired(StepRecord of, byte[] head, byte[] outputs, byte[] inputs)
      throws InvalidProtocolBufferException {
    InMemoryStepStore store = new InMemoryStepStore();
    Call call = Call.within(Duration.ofSeconds(30));
    store.write(
        ORG,
        List.of(
            new StepRecord(
                of.position(),
                of.endedAt(),
                of.workflowId(),
                of.blockId(),
                of.blockType(),
                of.status(),
                of.retryCount(),
                new EncodedStep(head, outputs, inputs),
                of.payloads())),
        call);

    StoredStep answered =
        new StepLister(store, store, 1 << 20)
            .get(ORG, of.position().stepId(), Optional.of(of.position().runId()), View.FULL, call);

    assertThat(StoredForm.isWhole(answered.encoded())).isTrue();
    WorkflowStep.parser()
        .parseFrom(
            ByteString.copyFrom(answered.encoded().head())
                .concat(ByteString.copyFrom(answered.encoded().outputs()))
                .concat(ByteString.copyFrom(answered.encoded().inputs())));
  }

  private static WorkflowStep fullStep() {
    return AStep.named("step-é😀")
        .artifact("extraction", "art_1")
        .lifecycle(
            AStep.state(
                "error", null, "failed: ü", "execution", "transient", AStep.details("m", "[1]")))
        .workflow("workflow")
        .model("model")
        .retryCount(300)
        .createdAt(Instant.parse("1969-03-12T09:00:01.000001Z"))
        .loop(AStep.loopOf("loop", 3, true, OptionalInt.of(0)))
        .output("file", AStep.file("f", "n.pdf", "application/pdf"))
        .output("json", "{\"a\": [1.50]}")
        .input("ü", AStep.json("\"é\"".getBytes(StandardCharsets.UTF_8)))
        .build();
  }
}
