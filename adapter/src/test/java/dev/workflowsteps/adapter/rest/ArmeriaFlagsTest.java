package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.Flags;
import org.junit.jupiter.api.Test;

class ArmeriaFlagsTest {

  @Test
  void flags_areFoundByArmeria_whateverLoadsItFirst() {
    assertThat(Flags.allowSemicolonInPathComponent()).isTrue();
    assertThat(Flags.allowDoubleDotsInQueryString()).isTrue();
    assertThat(Flags.parsedPathCacheSpec()).as("off").isNull();
    assertThat(Flags.defaultHttp1ConnectionCloseDelayMillis()).isEqualTo(100);
  }
}
