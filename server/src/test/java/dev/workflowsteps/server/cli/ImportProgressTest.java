package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ImportProgressTest {

  private final StringWriter words = new StringWriter();

  @Test
  void progress_staysOnOneLine_andLeavesNothing() {
    try (ImportProgress progress =
        new ImportProgress(new PrintWriter(words), "steps.ndjson", OptionalLong.of(4_000_000))) {
      progress.update(3_000_000, 1_234);
    }

    assertThat(words.toString())
        .contains("steps.ndjson", "75%", "3/4 MB", "1,234 lines")
        .doesNotContain("\n")
        .endsWith("\r\u001b[K");
  }
}
