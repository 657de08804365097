package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @Test
  void traceId_ofAValidHeader() {
    assertThat(Traceparent.traceId("00-" + TRACE + '-' + PARENT + "-01")).isEqualTo(TRACE);
    assertThat(Traceparent.traceId("00-" + TRACE + '-' + PARENT + "-00")).isEqualTo(TRACE);
    assertThat(Traceparent.traceId("00-" + TRACE + '-' + PARENT + "-ff")).isEqualTo(TRACE);
  }

  /** Section 3.2.1: what a later version adds comes behind another dash. */
  @Test
  void traceId_ofALaterVersion() {
    assertThat(Traceparent.traceId("cc-" + TRACE + '-' + PARENT + "-01")).isEqualTo(TRACE);
    assertThat(Traceparent.traceId("01-" + TRACE + '-' + PARENT + "-01-what")).isEqualTo(TRACE);
    assertThat(Traceparent.traceId("01-" + TRACE + '-' + PARENT + "-01what")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-TRACE-PARENT-01",
        "0g-TRACE-PARENT-01",
        "00-TRACE-PARENT-01-",
        "00-TRACE-PARENT-01-what",
        "00-TRACE-PARENT-0",
        "00-TRACE-PARENT-0A",
        "00-TRACE-PARENT",
        "00_TRACE-PARENT-01",
        "00-TRACE_PARENT-01",
        "00-TRACE-PARENT_01",
        " 00-TRACE-PARENT-01",
        "00-00000000000000000000000000000000-PARENT-01",
        "00-TRACE-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-PARENT-01",
        "00-TRACE-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-PARENT-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\u00e9-PARENT-01",
      })
  void traceId_ofAnythingElse_isEmpty(String form) {
    assertThat(Traceparent.traceId(form.replace("TRACE", TRACE).replace("PARENT", PARENT)))
        .isEmpty();
    assertThat(Traceparent.traceId(null)).isEmpty();
  }
}
