package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionLimitsTest {

  @ParameterizedTest
  @CsvSource({
    "256, 16, 4, 8",
    "1024, 204, 51, 102",
    "20000, 7795, 1948, 3897",
    "1048576, 10000, 2500, 5000",
    "9223372036854775807, 10000, 2500, 5000",
  })
  void default_leavesDescriptorsForEverythingElse(
      long descriptors, int most, int ofAddress, int ofOrganization) {
    assertLimits(Map.of(), descriptors, most, ofAddress, ofOrganization);
  }

  @Test
  void settings_areHeeded_asFarAsTheDescriptorsAllow() {
    assertLimits(Map.of("max-connections", "100"), 20_000, 100, 25, 50);
    assertLimits(Map.of("max-connections", "1"), 20_000, 1, 1, 1);
    assertLimits(Map.of("max-connections", "100000"), 1_048_576, 100_000, 25_000, 50_000);
    assertLimits(Map.of("max-connections", "100000"), 20_000, 7_795, 1_948, 3_897);
    assertLimits(Map.of("max-connections-per-address", "7"), 20_000, 7_795, 7, 3_897);
    assertLimits(Map.of("max-connections-per-organization", "7"), 20_000, 7_795, 1_948, 7);
  }

  @Test
  void settings_thatTheDescriptorsDoNotAllow_areToldOnce() {
    try (CapturedLog log = new CapturedLog()) {
      ConnectionLimits.warnIfLowered(
          Settings.load(Map.of("max-connections", "7795"), Map.of()), 20_000);
      assertThat(log.lines()).isEmpty();

      ConnectionLimits.warnIfLowered(
          Settings.load(Map.of("max-connections", "100000"), Map.of()), 20_000);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("each port takes 7795 connections, not 100000", "20000 files");
    }
  }

  private static void assertLimits(
      Map<String, String> settings, long descriptors, int most, int ofAddress, int ofOrganization) {
    ConnectionLimits limits = ConnectionLimits.of(Settings.load(settings, Map.of()), descriptors);

    assertThat(limits.most()).isEqualTo(most);
    assertThat(limits.ofAddress()).isEqualTo(ofAddress);
    assertThat(limits.ofOrganization()).isEqualTo(ofOrganization);
  }
}
