package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.document.Documents;
import org.junit.jupiter.api.Test;

/**
 * A step of every block type and status, written by hand, as REST answers it. The golden file is
 * read by people: a change of it is a change of the contract.
 */
class GoldenStepsTest {

  private static final String GOLDEN = "/dev/workflowsteps/adapter/json/every-kind.golden.ndjson";

  private static final MessageWriter WRITER = MessageWriter.compile(WorkflowStep.getDescriptor());

  @Test
  @Rule({"step-shape", "lifecycle"})
  void everyKindOfStep_isAnsweredAsTheGoldenFileSays() {
    assertThat(Documents.lines(Documents.EVERY_KIND))
        .extracting(line -> Json.of(WRITER, Pages.step(line)))
        .isEqualTo(Documents.lines(GOLDEN));
  }
}
