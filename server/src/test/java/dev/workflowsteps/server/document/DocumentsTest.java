package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.Encoded;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepCodec;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepRules;
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
      Step step = read(line);
      assertThat(StepRules.check(step)).as(line).isEmpty();
      StepRecord record = StepCodec.encode(step);
      Step decoded = Encoded.step(record);
      assertThat(decoded).as(line).usingRecursiveComparison().isEqualTo(step);
      assertThat(decoded.outputs().keySet()).containsExactlyElementsOf(step.outputs().keySet());
      assertThat(StepCodec.encode(decoded).sameAs(record)).as(line).isTrue();
      WorkflowStep message = WorkflowStep.parseFrom(Encoded.bytes(record));
      assertThat(message.getHandleInputsCount()).isEqualTo(step.inputs().size());
      payloads(step).forEach(payload -> assertThat(line).contains(payload));
    }
  }

  @Test
  void everyKind_holdsEveryBlockTypeAndStatus() throws Exception {
    List<Step> steps =
        Documents.lines(Documents.EVERY_KIND).stream().map(DocumentsTest::unchecked).toList();
    assertThat(steps).extracting(Step::blockType).containsAll(Words.BLOCK_TYPE.all());
    assertThat(steps).extracting(step -> step.lifecycle().status()).containsAll(Words.STATUS.all());
  }

  @Test
  void demo_showsEveryCurrentStatusInAFewSmallRuns() {
    List<Step> steps =
        Documents.lines(Documents.DEMO).stream().map(DocumentsTest::unchecked).toList();
    assertThat(steps).hasSize(64);
    Set<String> runs = steps.stream().map(Step::runId).collect(Collectors.toSet());
    assertThat(runs).hasSize(8).contains("run_abc123xyz");
    assertThat(steps)
        .extracting(step -> step.lifecycle().status())
        .containsAll(Words.STATUS.current());
  }

  private static Stream<String> payloads(Step step) {
    return Stream.concat(step.outputs().values().stream(), step.inputs().values().stream())
        .filter(Step.JsonHandle.class::isInstance)
        .map(handle -> new String(((Step.JsonHandle) handle).json(), UTF_8));
  }

  private static Step read(String line) throws RejectedDocumentException {
    byte[] bytes = line.getBytes(UTF_8);
    return new StepReader("acme").read(bytes, 0, bytes.length);
  }

  private static Step unchecked(String line) {
    try {
      return read(line);
    } catch (RejectedDocumentException e) {
      throw new AssertionError(line, e);
    }
  }
}
