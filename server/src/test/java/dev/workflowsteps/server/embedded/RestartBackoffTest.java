package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {

  private static final Duration BRIEFLY = RestartBackoff.STABLE.minusMillis(1);

  private final RestartBackoff backoff = new RestartBackoff();

  @Test
  void pausesDouble_from100Milliseconds_to30Seconds() {
    assertThat(IntStream.range(0, 12).mapToObj(i -> backoff.next(BRIEFLY).toMillis()))
        .containsExactly(
            100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 30_000L, 30_000L,
            30_000L);
  }

  @Test
  void afterAServerRanForAMinute_theyBeginAnew() {
    backoff.next(Duration.ZERO);
    backoff.next(BRIEFLY);

    assertThat(backoff.next(RestartBackoff.STABLE)).isEqualTo(Duration.ofMillis(100));
    assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofMillis(200));
  }
}
