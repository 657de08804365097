package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import dev.workflowsteps.proto.v1.ArtifactsProto;
import dev.workflowsteps.proto.v1.ArtifactsServiceProto;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.StepsProto;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordsTest {

  private static final Words STAGE = of(StepLifecycle.getDescriptor(), "stage");

  @Test
  void all_holdsTodaysWordsThenTheRetiredOnes() {
    assertThat(Words.STATUS.all())
        .containsExactly(
            "pending",
            "queued",
            "running",
            "completed",
            "awaiting_review",
            "error",
            "skipped",
            "cancelled",
            "waiting_for_human");
    assertThat(Words.BLOCK_TYPE.all())
        .hasSize(18 + 5)
        .startsWith("start_document")
        .endsWith("hil", "start", "end", "formula", "merge_pdf");
    assertThat(Words.OPERATION.all()).hasSize(11);
    assertThat(STAGE.all()).hasSize(7);
    assertThat(of(StepLifecycle.getDescriptor(), "category").all())
        .containsExactly("transient", "permanent", "quota");
    assertThat(of(StepHandle.getDescriptor(), "type").all()).containsExactly("file", "json");
  }

  private static Words of(Descriptor message, String field) {
    return Words.of(message.findFieldByName(field));
  }

  @Test
  void of_aFilter_hasTheWordsOfWhatItFilters() {
    assertThat(Words.of(ListWorkflowStepsRequest.getDescriptor().findFieldByName("status")).all())
        .isEqualTo(Words.STATUS.all());
    assertThat(
            Words.of(ListWorkflowStepsRequest.getDescriptor().findFieldByName("block_type")).all())
        .isEqualTo(Words.BLOCK_TYPE.all());
    assertThat(
            Words.of(ListWorkflowArtifactsRequest.getDescriptor().findFieldByName("operation"))
                .all())
        .isEqualTo(Words.OPERATION.all());
  }

  @Test
  void isTerminal_isTrueOfTheFourFinalStates() {
    assertThat(Words.STATUS.all().stream().filter(Words.STATUS::isTerminal))
        .containsExactlyInAnyOrder("completed", "error", "skipped", "cancelled");
  }

  @Test
  void read_takesEverySpellingThatClientsSend() {
    for (String text :
        List.of("awaiting_review", "AWAITING_REVIEW", "AwaitingReview", "Status.AwaitingReview")) {
      assertThat(Words.STATUS.read(text)).as(text).contains("awaiting_review");
    }
    assertThat(Words.BLOCK_TYPE.read("WorkflowRunStepBlockType.EXTRACT")).contains("extract");
    assertThat(Words.STATUS.read("done")).isEmpty();
    assertThat(Words.STATUS.read("")).isEmpty();
    assertThat(Words.STATUS.read(".")).isEmpty();
  }

  @Test
  void read_ofEveryWord_isThatWord() {
    for (Words words : List.of(Words.STATUS, Words.BLOCK_TYPE, Words.OPERATION, STAGE)) {
      words.all().forEach(word -> assertThat(words.read(word)).contains(word));
    }
  }

  @Test
  void read_takesNoLetterBeyondAscii_andNoUnderscoreWhereNoneStands() {
    assertThat(Words.STATUS.read("s\u212Aipped")).isEmpty();
    assertThat(Words.STATUS.read("c_o_m_pleted")).isEmpty();
    assertThat(Words.STATUS.read("_completed")).isEmpty();
  }

  @Test
  void suggestion_knowsWhatPeopleMean() {
    assertThat(Words.STATUS.suggestion("failed")).contains("error");
    assertThat(Words.STATUS.suggestion("Succeeded")).contains("completed");
    assertThat(Words.STATUS.suggestion("success")).contains("completed");
    assertThat(Words.STATUS.suggestion("canceled")).contains("cancelled");
    assertThat(Words.STATUS.suggestion("in_progress")).contains("running");
    assertThat(Words.STATUS.suggestion("runing")).contains("running");
    assertThat(Words.STATUS.suggestion("zebra")).isEmpty();
  }

  /** A misspelt one would leave nothing out, and nobody would notice. */
  @Test
  void viewThatAFieldIsLeftOutOf_isAWordOfARequestsView() {
    List<Descriptor> messages =
        Stream.of(
                StepsServiceProto.getDescriptor(),
                StepsProto.getDescriptor(),
                ArtifactsServiceProto.getDescriptor(),
                ArtifactsProto.getDescriptor())
            .flatMap(file -> file.getMessageTypes().stream())
            .toList();
    List<String> known =
        messages.stream()
            .map(message -> message.findFieldByName("view"))
            .filter(Objects::nonNull)
            .flatMap(view -> Words.of(view).all().stream())
            .toList();
    List<String> named =
        messages.stream()
            .flatMap(message -> message.getFields().stream())
            .flatMap(f -> f.getOptions().getExtension(OptionsProto.omittedInView).stream())
            .toList();

    assertThat(named).isNotEmpty().isSubsetOf(known);
  }
}
