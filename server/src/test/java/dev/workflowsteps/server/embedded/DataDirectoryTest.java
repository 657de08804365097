package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

  @Test
  void defaultBase_ofRoot_isTheSystemsPlace() {
    assertThat(DataDirectory.defaultBase(Map.of("HOME", "/root"), true))
        .isEqualTo(Path.of("/var/lib/workflow-steps"));
  }

  @Test
  void defaultBase_ofAUser_liesInTheDataHome() {
    Map<String, String> environment = Map.of("XDG_DATA_HOME", "/data", "HOME", "/home/ada");
    assertThat(DataDirectory.defaultBase(environment, false))
        .isEqualTo(Path.of("/data/workflow-steps"));
  }

  @Test
  void defaultBase_withoutADataHome_liesInTheHome() {
    assertThat(DataDirectory.defaultBase(Map.of("HOME", "/home/ada"), false))
        .isEqualTo(Path.of("/home/ada/.local/share/workflow-steps"));
  }

  @Test
  void defaultBase_ignoresARelativeDataHome_asItsSpecificationAsks() {
    Map<String, String> environment = Map.of("XDG_DATA_HOME", "data", "HOME", "/home/ada");
    assertThat(DataDirectory.defaultBase(environment, false))
        .isEqualTo(Path.of("/home/ada/.local/share/workflow-steps"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "ada"})
  void defaultBase_withoutAHome_isRefused_namingTheFlags(String home) {
    assertThatThrownBy(() -> DataDirectory.defaultBase(Map.of("HOME", home), false))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining("HOME")
        .hasMessageContaining("--data-dir")
        .hasMessageContaining("--database-url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "runtime", "../main", "a/b", "Main"})
  void instance_thatIsNoPlainName_isRejected(String instance) {
    assertThatThrownBy(() -> new DataDirectory(Path.of("/data"), instance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instance: " + instance);
  }
}
