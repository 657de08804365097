package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectionTest {

  @Test
  void sentence_namesFieldValueAndWhatWasExpected() {
    assertThat(Rejection.text("limit", "x", "a number").sentence())
        .isEqualTo("limit: \"x\" (expected: a number)");
  }
}
