package dev.workflowsteps.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTextTest {

  @Test
  @Rule("path-text")
  void path_plusStaysAPlus_andEverythingElseIsDecoded() throws Exception {
    assertThat(PercentText.path("a+b%2Fc%3b;d%20%C3%A9%F0%9F%98%80")).isEqualTo("a+b/c;;d é😀");
  }

  @Test
  @Rule("query-text")
  void query_plusIsASpace() throws Exception {
    assertThat(PercentText.query("a+b%2Bc")).isEqualTo("a b+c");
  }

  @Test
  void bytesAboveAscii_areUtf8() throws Exception {
    assertThat(PercentText.path("h\u00c3\u00a9")).isEqualTo("hé");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%", "%4", "a%zz", "%+1", "%ff", "%C3", "%C0%80", "%ED%A0%80", "\u00e9", "\u0416"})
  @Rule("query-text")
  void whatIsNoUtf8_isRefused_andNeverReplaced(String raw) {
    assertThatThrownBy(() -> PercentText.path(raw)).isInstanceOf(MalformedTextException.class);
    assertThatThrownBy(() -> PercentText.query(raw)).isInstanceOf(MalformedTextException.class);
  }
}
