package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuoteTest {

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
  void text_whatDoesNotPrintBeyondTheBasicPlane_isEscapedByItsTwoHalves() {
    assertThat(Quote.text("a\uDB40\uDC01b")).isEqualTo("\"a\\udb40\\udc01b\"");
  }

  @Test
  void text_thatLooksLikeAKey_isNotShown() {
    assertThat(Quote.text("wfs_0a1B2c3D_secret")).isEqualTo("\"wfs_…\"");
    assertThat(Quote.bare("x".repeat(80) + "wfs_secret")).isEqualTo("x".repeat(64) + "…");
  }

  @Test
  void beginning_keepsTheCharactersAsTheyAre() {
    assertThat(Quote.beginning("a\"\n")).isEqualTo("a\"\n");
    assertThat(Quote.beginning("😀".repeat(65))).isEqualTo("😀".repeat(64));
    assertThat(Quote.beginning("a wfs_secret")).isEqualTo("a wfs_…");
  }
}
