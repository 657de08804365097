package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {

  private final Owner owner = new Owner("serve", 123, "some-start", true);

  @Test
  void text_parsed_isTheHolder() {
    assertThat(Owner.parse(owner.text())).isEqualTo(owner);
  }

  @Test
  void words_nameCommandAndPid() {
    assertThat(owner.words()).isEqualTo("serve, pid 123");
  }

  @Test
  void parse_aFileNotWrittenYet_isAnotherProcess() {
    assertThat(Owner.parse("").words()).isEqualTo("another process");
    assertThat(Owner.parse("serve\n123\n").words()).isEqualTo("another process");
  }
}
