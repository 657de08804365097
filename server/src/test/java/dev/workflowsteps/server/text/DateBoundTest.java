package dev.workflowsteps.server.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateBoundTest {

  @ParameterizedTest
  @CsvSource({
    "2026-11-01, 2026-11-01T00:00:00Z, 2026-11-02T00:00:00Z",
    "2026-11-30, 2026-11-30T00:00:00Z, 2026-12-01T00:00:00Z",
    "2026-12-31, 2026-12-31T00:00:00Z, 2027-01-01T00:00:00Z",
    "2026-02-28, 2026-02-28T00:00:00Z, 2026-03-01T00:00:00Z",
    "2024-02-28, 2024-02-28T00:00:00Z, 2024-02-29T00:00:00Z",
    "2024-02-29, 2024-02-29T00:00:00Z, 2024-03-01T00:00:00Z",
    "2000-02-29, 2000-02-29T00:00:00Z, 2000-03-01T00:00:00Z",
    "1969-12-31, 1969-12-31T00:00:00Z, 1970-01-01T00:00:00Z",
    "0001-01-01, 0001-01-01T00:00:00Z, 0001-01-02T00:00:00Z",
    "0000-12-31, 0000-12-31T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31, 9999-12-31T00:00:00Z, +10000-01-01T00:00:00Z",
  })
  void date_isThatWholeDayInUtc(String text, Instant begin, Instant end) {
    assertThat(DateBound.parse(text)).contains(bound(begin, end));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z",
    "2026-11-01t23:59:59.999999z, 2026-11-01T23:59:59.999999Z",
    "2026-11-01T01:30:00+01:30, 2026-11-01T00:00:00Z",
    "2026-10-31T20:00:00-04:00, 2026-11-01T00:00:00Z",
    "2026-11-01T00:00:00.000001000Z, 2026-11-01T00:00:00.000001Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59, +10000-01-01T23:58:59Z",
  })
  void time_isThatInstant_asEitherEnd(String text, Instant time) {
    assertThat(DateBound.parse(text)).contains(bound(time, time));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "2026",
        "2026-11",
        "2026-11-1",
        "2026-11-01T",
        "2026-11-01Z",
        "2026-11-01+01:00",
        "2026-11-01T00:00:00",
        "2026-11-01T00:00:00T00:00:00Z",
        "2026-11-01 00:00:00Z",
        "2026-02-29",
        "1900-02-29",
        "2026-11-31",
        "2026-13-01",
        "2026-00-01",
        "2026-11-00",
        "2026/11/01",
        "20261101",
        "01-11-2026",
        "-2026-11-01",
        "+2026-11-01",
        "12026-11-01",
        "２０２６-11-01",
        " 2026-11-01",
        "2026-11-01 ",
        "2026-11-01T00:00:00.0000001Z",
        "2026-11-01T24:00:00Z",
        "2026-11-01T00:00:00 01:00",
        "1793491200",
      })
  void anythingElse_isNone(String text) {
    assertThat(DateBound.parse(text)).isEmpty();
  }

  @Test
  void plusThatAQueryLost_isNamedAsSuch() {
    assertThat(DateBound.expected("2026-11-01T00:00:00 01:00"))
        .isEqualTo("a plus before the offset; in a query, write it as %2B");
    assertThat(DateBound.expected("2026-11-01T00:00:00.5 01:00")).contains("%2B");
    // A time without its T isn't mended by a plus.
    for (String other :
        new String[] {
          "2026-11-01 12:00", "2026-11-01 12:00:00+01:00", "2026-11-01 ", "now 01:00"
        }) {
      assertThat(DateBound.expected(other)).startsWith("a date like 2026-11-01, ");
    }
  }

  private static DateBound bound(Instant begin, Instant end) {
    return new DateBound(microseconds(begin), microseconds(end));
  }

  private static long microseconds(Instant time) {
    return Math.multiplyExact(time.getEpochSecond(), 1_000_000) + time.getNano() / 1_000;
  }
}
