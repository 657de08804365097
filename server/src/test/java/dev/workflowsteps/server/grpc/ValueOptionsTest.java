package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.ValueOptions;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.ArtifactQuery;
import dev.workflowsteps.server.steps.StepQuery;
import org.junit.jupiter.api.Test;

/** What the proto says of the values of fields is what the server's own lists and bounds say. */
class ValueOptionsTest {

  private static final Descriptor STEPS = ListWorkflowStepsRequest.getDescriptor();
  private static final Descriptor ARTIFACTS = ListWorkflowArtifactsRequest.getDescriptor();

  @Test
  void words_areTheServers() {
    ValueOptions blockType = values(WorkflowStep.getDescriptor(), "block_type");
    assertThat(blockType.getWordsList()).isEqualTo(Words.BLOCK_TYPE.current());
    assertThat(blockType.getRetiredList()).isEqualTo(Words.BLOCK_TYPE.retired());
    ValueOptions status = values(StepLifecycle.getDescriptor(), "status");
    assertThat(status.getWordsList()).isEqualTo(Words.STATUS.current());
    assertThat(status.getRetiredList()).isEqualTo(Words.STATUS.retired());
    assertThat(values(StepLifecycle.getDescriptor(), "stage").getWordsList())
        .isEqualTo(Words.STAGE.all());
    assertThat(values(StepLifecycle.getDescriptor(), "category").getWordsList())
        .isEqualTo(Words.CATEGORY.all());
    assertThat(values(WorkflowArtifact.getDescriptor(), "operation").getWordsList())
        .isEqualTo(Words.OPERATION.all());
  }

  @Test
  void filters_haveTheWordsOfWhatTheyFilter() {
    assertThat(values(STEPS, "block_type").getWordsOf()).isEqualTo("WorkflowStep.block_type");
    assertThat(values(STEPS, "status").getWordsOf()).isEqualTo("StepLifecycle.status");
    assertThat(values(ARTIFACTS, "operation").getWordsOf()).isEqualTo("WorkflowArtifact.operation");
  }

  @Test
  void bounds_areTheServers() {
    assertLimit(values(STEPS, "limit"), StepQuery.MAX_LIMIT, StepQuery.DEFAULT_LIMIT);
    assertLimit(values(ARTIFACTS, "limit"), ArtifactQuery.MAX_LIMIT, ArtifactQuery.DEFAULT_LIMIT);
    assertThat(values(STEPS, "status").getMostValues()).isEqualTo(RequestFields.MOST_WORDS);
    assertThat(values(STEPS, "block_type").getMostValues()).isEqualTo(RequestFields.MOST_WORDS);
    for (Descriptor request : new Descriptor[] {STEPS, ARTIFACTS}) {
      assertThat(values(request, "run_id").getMostBytes()).isEqualTo(RequestFields.MOST_ID_BYTES);
      assertThat(values(request, "after").getMostBytes())
          .isEqualTo(RequestFields.MOST_CURSOR_BYTES);
    }
  }

  private static void assertLimit(ValueOptions limit, int most, int otherwise) {
    assertThat(limit.getLeast()).isEqualTo(1);
    assertThat(limit.getMost()).isEqualTo(most);
    assertThat(limit.getAbsent()).isEqualTo(Integer.toString(otherwise));
  }

  private static ValueOptions values(Descriptor type, String field) {
    return type.findFieldByName(field).getOptions().getExtension(OptionsProto.values);
  }
}
