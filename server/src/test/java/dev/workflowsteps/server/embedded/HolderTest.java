package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HolderTest {

  private final Holder holder = new Holder("serve", 123, "some-start", true);

  @Test
  void text_parsed_isTheHolder() {
    assertThat(Holder.parse(holder.text())).isEqualTo(holder);
  }

  @Test
  void words_nameCommandAndPid() {
    assertThat(holder.words()).isEqualTo("serve, pid 123");
  }

  @Test
  void parse_aFileNotWrittenYet_isAnotherProcess() {
    assertThat(Holder.parse("").words()).isEqualTo("another process");
    assertThat(Holder.parse("serve\n123\n").words()).isEqualTo("another process");
  }
}
