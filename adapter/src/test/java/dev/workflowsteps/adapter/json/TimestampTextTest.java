package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "1900-02-28T23:59:59Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "2000-02-29T12:00:00.100Z",
        "2026-03-12T09:00:00.000001Z",
        "2100-03-01T00:00:00.001Z",
        "2400-12-31T23:59:59.000000001Z",
        "9999-12-31T23:59:59.999999999Z"
      })
  @Rule("times")
  void print_shortestOfTheDecimals(String text) {
    Instant instant = Instant.parse(text);

    assertThat(printed(instant.getEpochSecond(), instant.getNano())).isEqualTo('"' + text + '"');
  }

  @Test
  void print_everyDayOf800Years_asJavaTimeDoes() {
    Instant day = Instant.parse("1600-01-01T00:00:00Z");
    for (long i = 0; i < 292_194; i++) {
      long seconds = day.getEpochSecond() + i * 86_400;
      assertThat(printed(seconds, 0))
          .isEqualTo('"' + Instant.ofEpochSecond(seconds).toString() + '"');
    }
  }

  @Test
  void print_anyMoment_asJavaTimeDoes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long seconds = random.nextLong(-62_135_596_800L, 253_402_300_800L);
      int nanos = random.nextInt(1_000_000_000);
      assertThat(printed(seconds, nanos))
          .as("seed %d", seed)
          .isEqualTo('"' + Instant.ofEpochSecond(seconds, nanos).toString() + '"');
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-62135596801, 0",
    "253402300800, 0",
    "9223372036854775807, 0",
    "0, -1",
    "0, 1000000000"
  })
  void print_outOfRange_isRefused(long seconds, int nanos) {
    assertThatThrownBy(() -> printed(seconds, nanos))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("seconds " + seconds + " and nanos " + nanos + " (expected: ");
  }

  private static String printed(long seconds, int nanos) {
    return Json.of(out -> TimestampText.print(seconds, nanos, out));
  }
}
