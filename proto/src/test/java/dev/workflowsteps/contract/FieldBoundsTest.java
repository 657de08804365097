package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.LoopContainer;
import org.junit.jupiter.api.Test;

class FieldBoundsTest {

  @Test
  void of_limit_isTheRangeAndTheDefault() {
    FieldBounds steps = FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "limit");
    assertThat(steps.range()).isEqualTo("1..1000");
    assertThat(steps.otherwise()).isEqualTo(20);
    FieldBounds artifacts = FieldBounds.of(ListWorkflowArtifactsRequest.getDescriptor(), "limit");
    assertThat(artifacts.range()).isEqualTo("1..200");
    assertThat(artifacts.otherwise()).isEqualTo(100);
  }

  @Test
  void contains_isTrueUpToBothEnds() {
    FieldBounds limit = FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "limit");
    assertThat(limit.contains(1)).isTrue();
    assertThat(limit.contains(1_000)).isTrue();
    assertThat(limit.contains(0)).isFalse();
    assertThat(limit.contains(1_001)).isFalse();
  }

  @Test
  void of_texts_isTheirLengthInBytes() {
    assertThat(FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "run_id").maxBytes())
        .isEqualTo(256);
    assertThat(FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "after").maxBytes())
        .isEqualTo(4_096);
    assertThat(FieldBounds.of(ListWorkflowStepsRequest.getDescriptor(), "status").maxValues())
        .isEqualTo(50);
  }

  @Test
  void of_aFieldWithoutTheOption_boundsNothing() {
    FieldBounds parallel = FieldBounds.of(LoopContainer.getDescriptor(), "is_parallel");
    assertThat(parallel.contains(Integer.MIN_VALUE)).isTrue();
    assertThat(parallel.maxBytes()).isEqualTo(Integer.MAX_VALUE);
    assertThat(parallel.range()).isEqualTo("-2147483648..2147483647");
  }
}
