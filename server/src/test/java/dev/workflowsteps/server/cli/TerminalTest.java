package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void terminalThatCannotOverwriteALine_isNone() {
    assertThat(Terminal.isStderr(Map.of())).isFalse();
    assertThat(Terminal.isStderr(Map.of("TERM", "dumb"))).isFalse();
  }
}
