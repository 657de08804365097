package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {

  private final Owner owner = new Owner("serve", 123, true, "/data/main/socket", "secret");

  @Test
  void text_parsed_isTheOwner() {
    assertThat(Owner.parse(owner.text())).isEqualTo(owner);
  }

  /** Its server is on TCP, where commands of this version don't look. */
  @Test
  void parse_anEarlierVersion_sharesNothing() {
    Owner earlier = Owner.parse("serve\n123\nshares\n5433\nsecret\n");

    assertThat(earlier.words()).isEqualTo("serve, pid 123");
    assertThat(earlier.shares()).isFalse();
  }

  @Test
  void words_nameCommandAndPid() {
    assertThat(owner.words()).isEqualTo("serve, pid 123");
  }

  @Test
  void parse_aFileNotWrittenYet_isAnotherProcess() {
    assertThat(Owner.parse("").words()).isEqualTo("another process");
    for (int length = 0; length < owner.text().length(); length++) {
      assertThat(Owner.parse(owner.text().substring(0, length)).words())
          .isEqualTo("another process");
    }
  }
}
