package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

  private static final List<String> WORDS = List.of("running", "queued", "pending");
  private static final List<String> NAMES = List.of("run_id", "step_id", "block_type", "block_id");

  @Test
  void near_oneLetterOff_isSuggested() {
    assertThat(Suggestion.near("runing", WORDS)).contains("running");
    assertThat(Suggestion.near("QUEUED", WORDS)).contains("queued");
    assertThat(Suggestion.near("pendnig", WORDS)).contains("pending");
    assertThat(Suggestion.near("block_types", NAMES)).contains("block_type");
  }

  @Test
  void near_anotherWord_isNot() {
    assertThat(Suggestion.near("done", WORDS)).isEmpty();
    assertThat(Suggestion.near("", WORDS)).isEmpty();
    assertThat(Suggestion.near("r".repeat(1_000), WORDS)).isEmpty();
  }

  @Test
  void near_spelledAsOtherLanguagesDo_isSuggested() {
    assertThat(Suggestion.near("runId", NAMES)).contains("run_id");
    assertThat(Suggestion.near("run-id", NAMES)).contains("run_id");
    assertThat(Suggestion.near("GRPC_PORT", List.of("grpc-port"))).contains("grpc-port");
  }

  @Test
  void near_theFirstWordOfOneName_isSuggested_butNotOfTwo() {
    assertThat(Suggestion.near("step", NAMES)).contains("step_id");
    assertThat(Suggestion.near("block", NAMES)).isEmpty();
  }
}
