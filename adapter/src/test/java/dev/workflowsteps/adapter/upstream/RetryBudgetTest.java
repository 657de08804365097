package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private final AtomicLong now = new AtomicLong(-1);
  private final RetryBudget budget = new RetryBudget(now::get);

  @Test
  void fewCalls_have50RetriesInTenSeconds() {
    assertThat(taken(100)).isEqualTo(50);
    after(Duration.ofMillis(9_900));
    assertThat(taken(100)).isZero();
    after(Duration.ofMillis(100));
    assertThat(taken(100)).isEqualTo(50);
  }

  @Test
  void manyCalls_haveATenthOfThem() {
    for (int second = 0; second < 10; second++) {
      calls(1_000);
      after(Duration.ofSeconds(1));
    }

    // The first second is over ten seconds ago.
    assertThat(taken(10_000)).isEqualTo(900);
  }

  @Test
  void retries_areBackTenSecondsLater_secondBySecond() {
    assertThat(taken(20)).isEqualTo(20);
    after(Duration.ofSeconds(5));
    assertThat(taken(100)).isEqualTo(30);

    after(Duration.ofSeconds(5));
    assertThat(taken(100)).isEqualTo(20);
    after(Duration.ofSeconds(5));
    assertThat(taken(100)).isEqualTo(30);
  }

  @Test
  void longSilence_forgetsAll() {
    calls(10_000);
    assertThat(taken(2_000)).isEqualTo(1_000);

    after(Duration.ofDays(400));
    assertThat(taken(2_000)).isEqualTo(50);
  }

  private void calls(int count) {
    for (int i = 0; i < count; i++) {
      budget.addCall();
    }
  }

  private int taken(int wanted) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += budget.takeRetry() ? 1 : 0;
    }
    return taken;
  }

  private void after(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
