package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, /postgres-linux-x86_64.txz",
    "Linux, aarch64, /postgres-linux-arm_64.txz",
    "Mac OS X, x86_64, /postgres-darwin-x86_64.txz",
    "Mac OS X, aarch64, /postgres-darwin-arm_64.txz",
  })
  void of_aMachineWithBinaries_namesTheirArchive(String system, String processor, String archive) {
    assertThat(Platform.of(system, processor, path -> true).archive()).isEqualTo(archive);
  }

  @Test
  void of_macOs_asksForNoLoader() {
    assertThat(Platform.of("Mac OS X", "aarch64", path -> false).name()).isEqualTo("darwin-arm_64");
  }

  @Test
  void of_windows_isRefused() {
    assertRefused("Windows 11", "amd64", "There is no embedded PostgreSQL for Windows 11");
  }

  @Test
  void of_anUnknownProcessor_isRefused() {
    assertRefused("Linux", "riscv64", "There is no embedded PostgreSQL for the processor riscv64");
  }

  @Test
  void of_musl_isRefused_namingTheMissingLoader() {
    assertThatThrownBy(() -> Platform.of("Linux", "amd64", path -> false))
        .hasMessageContaining("musl")
        .hasMessageContaining("/lib64/ld-linux-x86-64.so.2")
        .hasMessageContaining("--database-url");
  }

  @Test
  void current_hasItsBinariesInThisBuild() {
    assertThat(Platform.class.getResource(Platform.current().archive())).isNotNull();
  }

  private static void assertRefused(String system, String processor, String cause) {
    assertThatThrownBy(() -> Platform.of(system, processor, path -> true))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining(cause)
        .hasMessageContaining("--database-url");
  }
}
