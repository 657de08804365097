package dev.workflowsteps.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

  @ParameterizedTest
  @CsvSource({
    "2026-03-12T09:00:00Z, 2026-03-12T09:00:00Z",
    "2026-03-12t09:00:00z, 2026-03-12T09:00:00Z",
    "2026-03-12T09:00:00.000Z, 2026-03-12T09:00:00Z",
    "2026-03-12T09:00:00.1Z, 2026-03-12T09:00:00.100Z",
    "2026-03-12T09:00:00.123456Z, 2026-03-12T09:00:00.123456Z",
    "2026-03-12T09:00:00.123456000000000Z, 2026-03-12T09:00:00.123456Z",
    "2026-03-12T11:30:00.5+02:30, 2026-03-12T09:00:00.500Z",
    "2026-03-12T00:30:00-23:59, 2026-03-13T00:29:00Z",
    "2026-03-12T09:00:00-00:00, 2026-03-12T09:00:00Z",
    "2024-02-29T23:59:59Z, 2024-02-29T23:59:59Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.500Z",
  })
  void parse_time_isItsInstant(String text, String instant) {
    assertThat(Rfc3339.parse(text)).contains(Instant.parse(instant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-03-12",
        "2026-03-12T09:00:00",
        "2026-03-12 09:00:00Z",
        "2026-03-12T09:00Z",
        "2026-03-12T09:00:00.Z",
        "2026-03-12T09:00:00,5Z",
        "2026-03-12T09:00:60Z",
        "2016-12-31T23:59:60Z",
        "2026-03-12T24:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "26-03-12T09:00:00Z",
        "+2026-03-12T09:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-03-12T09:00:00+0200",
        "2026-03-12T09:00:00+02",
        "2026-03-12T09:00:00+24:00",
        "2026-03-12T09:00:00+02:60",
        "2026-03-12T09:00:00ZZ",
        " 2026-03-12T09:00:00Z",
        "2026-03-12T09:00:00Z\n",
        "٢٠٢٦-03-12T09:00:00Z",
      })
  void parse_anythingElse_isNone(String text) {
    assertThat(Rfc3339.parse(text)).isEmpty();
  }

  @Test
  void parse_finerThanAMicrosecond_isNone() {
    assertThat(Rfc3339.parse("2026-03-12T09:00:00.1234567Z")).isEmpty();
    assertThat(Rfc3339.parse("2026-03-12T09:00:00.0000000000001Z")).isEmpty();
  }
}
