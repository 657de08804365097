package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.Encoded;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepValidator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every document that ships: read, checked, encoded and decoded. */
class DocumentsTest {

  @ParameterizedTest
  @ValueSource(strings = {Documents.SEED, Documents.SAMPLE, Documents.EVERY_KIND, Documents.DEMO})
  void everyLine_survivesBeingStored(String file) throws Exception {
    for (String line : Documents.lines(file)) {
      WorkflowStep step = read(line);
      assertThat(StepValidator.check(step)).as(line).isEmpty();
      StepRecord record = StepRecord.of(step);
      WorkflowStep decoded = Encoded.step(record);
      assertThat(decoded).as(line).isEqualTo(step);
      assertThat(decoded.getHandleOutputsMap().keySet())
          .containsExactlyElementsOf(step.getHandleOutputsMap().keySet());
      assertThat(StepRecord.of(decoded).encoded().sameAs(record.encoded())).as(line).isTrue();
      WorkflowStep message = WorkflowStep.parseFrom(Encoded.bytes(record));
      assertThat(message.getHandleInputsCount()).isEqualTo(step.getHandleInputsCount());
      payloads(step).forEach(payload -> assertThat(line).contains(payload));
    }
  }

  @Test
  void everyKind_holdsEveryBlockTypeAndStatus() throws Exception {
    List<WorkflowStep> steps =
        Documents.lines(Documents.EVERY_KIND).stream().map(DocumentsTest::unchecked).toList();
    assertThat(steps).extracting(WorkflowStep::getBlockType).containsAll(Words.BLOCK_TYPE.all());
    assertThat(steps)
        .extracting(step -> step.getLifecycle().getStatus())
        .containsAll(Words.STATUS.all());
  }

  @Test
  void demo_showsEveryCurrentStatusInAFewSmallRuns() {
    List<WorkflowStep> steps =
        Documents.lines(Documents.DEMO).stream().map(DocumentsTest::unchecked).toList();
    assertThat(steps).hasSize(64);
    Set<String> runs = steps.stream().map(WorkflowStep::getRunId).collect(Collectors.toSet());
    assertThat(runs).hasSize(8).contains("run_abc123xyz");
    assertThat(steps)
        .extracting(step -> step.getLifecycle().getStatus())
        .containsAll(
            StepLifecycle.getDescriptor()
                .findFieldByName("status")
                .getOptions()
                .getExtension(OptionsProto.values)
                .getWordsList());
  }

  private static Stream<String> payloads(WorkflowStep step) {
    return Stream.concat(
            step.getHandleOutputsMap().values().stream(),
            step.getHandleInputsMap().values().stream())
        .filter(StepHandle::hasData)
        .map(handle -> handle.getData().toStringUtf8());
  }

  private static WorkflowStep read(String line) throws RejectedDocumentException {
    byte[] bytes = line.getBytes(UTF_8);
    return new StepReader("acme").read(bytes, 0, bytes.length);
  }

  private static WorkflowStep unchecked(String line) {
    try {
      return read(line);
    } catch (RejectedDocumentException e) {
      throw new AssertionError(line, e);
    }
  }
}
