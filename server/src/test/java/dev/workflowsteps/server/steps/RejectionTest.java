package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Suggestion;
import java.util.List;
import org.junit.jupiter.api.Test;

class RejectionTest {

  @Test
  void sentence_namesFieldValueAndWhatWasExpected() {
    assertThat(Rejection.text("limit", "x", "a number").sentence())
        .isEqualTo("limit: \"x\" (expected: a number)");
  }

  @Test
  void text_longValue_isCutToSixtyFourCharacters() {
    assertThat(Quote.text("x".repeat(64))).isEqualTo('"' + "x".repeat(64) + '"');
    assertThat(Quote.text("😀".repeat(65))).isEqualTo('"' + "😀".repeat(64) + "…\"");
  }

  @Test
  void text_whatDoesNotPrint_isEscaped() {
    assertThat(Quote.text("a\n\u0000\u202e\u2028\ud800\"\\é"))
        .isEqualTo("\"a\\u000a\\u0000\\u202e\\u2028\\ud800\\\"\\\\é\"");
  }

  @Test
  void near_oneLetterOff_isSuggested() {
    List<String> words = List.of("running", "queued", "pending");
    assertThat(Suggestion.near("runing", words)).contains("running");
    assertThat(Suggestion.near("QUEUED", words)).contains("queued");
    assertThat(Suggestion.near("pendnig", words)).contains("pending");
  }

  @Test
  void near_anotherWord_isNot() {
    List<String> words = List.of("running", "queued", "pending");
    assertThat(Suggestion.near("done", words)).isEmpty();
    assertThat(Suggestion.near("", words)).isEmpty();
    assertThat(Suggestion.near("r".repeat(1_000), words)).isEmpty();
  }

  @Test
  void text_thatLooksLikeAKey_isNotShown() {
    assertThat(Quote.text("wfs_0a1B2c3D_secret")).isEqualTo("\"wfs_…\"");
    assertThat(Quote.bare("x".repeat(80) + "wfs_secret")).isEqualTo("x".repeat(64) + "…");
  }
}
