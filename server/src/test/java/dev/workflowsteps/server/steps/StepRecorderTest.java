package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepRecorderTest {

  private final InMemoryStepStore writer = new InMemoryStepStore();
  private final StepRecorder recorder = new StepRecorder(writer);

  @Test
  void record_newSteps_areWrittenInOneBatch() {
    assertThat(record(AStep.named("a"), AStep.named("b"))).containsExactly("NEW", "NEW");
    assertThat(writer.batches()).containsExactly(2);
  }

  @Test
  @Rule("write-names")
  void record_sameIdInAnotherRun_isAnotherStep() {
    assertThat(record(AStep.named("a").run("1"), AStep.named("a").run("2")))
        .containsExactly("NEW", "NEW");
  }

  @Test
  @Rule("write-again")
  void record_sameAgain_isUnchanged() {
    record(AStep.named("a"));
    assertThat(record(AStep.named("a"))).containsExactly("UNCHANGED");
  }

  @Test
  @Rule("write-stale")
  void record_nonFinalAfterFinal_isStaleUnlessItIsALaterTry() {
    record(AStep.named("a").status("completed"));
    assertThat(record(AStep.named("a").status("running"))).containsExactly("STALE");
    assertThat(record(AStep.named("a").status("running").retryCount(1))).containsExactly("CHANGED");
  }

  @Test
  @Rule("write-strict")
  void record_rejectedStep_doesNotKeepTheOthersFromBeingWritten() {
    assertThat(record(AStep.named("a"), AStep.named("b").type("x"), AStep.named("c")))
        .containsExactly("NEW", "block_type", "NEW");
    assertThat(writer.steps("acme")).extracting(WorkflowStep::getStepId).containsExactly("a", "c");
  }

  @Test
  @Rule("write-bounds")
  void record_stepThatIsTooLargeWithoutItsPayloads_isRejected() {
    assertThat(record(AStep.named("a").label("x".repeat(2 << 20)))).containsExactly("step");
  }

  @Test
  void record_onlyRejectedSteps_writesNothing() {
    assertThat(record(AStep.named(""))).containsExactly("step_id");
    assertThat(writer.batches()).isEmpty();
  }

  @Test
  @Rule("write-names")
  void record_stepTwice_theLastReplacesTheFirst() {
    assertThat(
            record(
                AStep.named("a").status("running"),
                AStep.named("b"),
                AStep.named("a").status("completed")))
        .containsExactly("NEW", "NEW", "CHANGED");
    assertThat(writer.steps("acme"))
        .extracting(step -> step.getLifecycle().getStatus())
        .containsExactly("completed", "completed");
  }

  @Test
  void record_stepTwiceAlike_countsTheSecondUnchanged() {
    assertThat(record(AStep.named("a"), AStep.named("a"))).containsExactly("NEW", "UNCHANGED");
  }

  @Test
  void record_finalThenNonFinalInOneBatch_keepsTheFinalOne() {
    assertThat(record(AStep.named("a").status("completed"), AStep.named("a").status("running")))
        .containsExactly("NEW", "STALE");
  }

  @Test
  void record_laterTryInOneBatch_replacesTheFinalOne() {
    assertThat(
            record(
                AStep.named("a").status("completed"),
                AStep.named("a").status("running").retryCount(1)))
        .containsExactly("NEW", "CHANGED");
  }

  @Test
  void record_tooManySteps_isRefused() {
    List<WorkflowStep> steps = Collections.nCopies(10_001, AStep.named("a").build());
    assertThatThrownBy(() -> recorder.record("acme", steps, Call.within(Duration.ofSeconds(1))))
        .hasMessage("steps: 10001 (expected: 0..10000)");
  }

  @Test
  void record_noSteps_givesNoResults() {
    assertThat(record()).isEmpty();
  }

  /** Outcomes; of rejected steps the field. */
  private List<String> record(AStep... steps) {
    List<WorkflowStep> built = Arrays.stream(steps).map(AStep::build).toList();
    return recorder.record("acme", built, Call.within(Duration.ofSeconds(10))).stream()
        .map(StepRecorderTest::shown)
        .toList();
  }

  private static String shown(WriteResult result) {
    return result instanceof Rejection rejection ? rejection.field() : result.toString();
  }
}
