package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private final StringWriter words = new StringWriter();

  @Test
  void onATerminal_eachPhaseOverwritesTheOneBefore_andNothingIsLeft() {
    try (ProgressLine line = new ProgressLine(new PrintWriter(words), true)) {
      line.begin("unpacking");
      line.begin("starting");
    }

    assertThat(words).hasToString("\r\runpacking ...\r             \rstarting ...\r            \r");
  }

  @Test
  void elsewhere_nothingIsPrinted() {
    try (ProgressLine line = new ProgressLine(new PrintWriter(words), false)) {
      line.begin("unpacking");
    }

    assertThat(words).hasToString("");
  }
}
