package dev.workflowsteps.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequestIdTest {

  @Test
  void of_aUsableId_isThatId() {
    assertThat(RequestId.of("a.B_c-9")).isEqualTo("a.B_c-9");
    assertThat(RequestId.of("x".repeat(64))).isEqualTo("x".repeat(64));
  }

  @Test
  void of_anythingElse_isANewOne() {
    for (String sent :
        List.of(
            "", "a b", "ä", "x".repeat(65), "a\n", "wfs_aaaaaaaa_" + "b".repeat(49), "x-wfs_")) {
      assertThat(RequestId.of(sent)).matches("req_[0-9a-f]{32}");
    }
    assertThat(RequestId.of(null)).matches("req_[0-9a-f]{32}").isNotEqualTo(RequestId.of(null));
  }
}
