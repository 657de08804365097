package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.View;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepQueryDecoderTest {

  @Test
  void everyWordOfAField_namesAConstant() {
    assertWords("sort_by", SortBy.values());
    assertWords("view", View.values());
  }

  private static void assertWords(String field, Enum<?>[] constants) {
    assertThat(Words.of(ListWorkflowStepsRequest.getDescriptor().findFieldByName(field)).all())
        .containsExactlyElementsOf(
            Stream.of(constants).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
  }
}
