package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildInfoTest {

  @Test
  void current_isFilledInByTheBuild() {
    BuildInfo build = BuildInfo.current();

    assertThat(build.version()).matches("\\d+\\.\\d+\\.\\d+(-.+)?");
    assertThat(build.java()).isEqualTo(Runtime.version().toString());
  }
}
