package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FrameBudgetTest {

  private long now = -1;
  private final FrameBudget budget = new FrameBudget(400, 300, () -> now);

  @Test
  void burst_isWhatMayComeAtOnce() {
    assertThat(taken(3_000)).isEqualTo(400);
  }

  @Test
  void rate_isWhatMayComeForEver() {
    for (int second = 0; second < 600; second++) {
      for (int tenth = 0; tenth < 10; tenth++) {
        assertThat(taken(30)).isEqualTo(30);
        now += TimeUnit.MILLISECONDS.toNanos(100);
      }
    }
  }

  @Test
  void pause_savesNoMoreThanABurst() {
    now += TimeUnit.HOURS.toNanos(1);

    assertThat(taken(3_000)).isEqualTo(400);
  }

  @Test
  void givenBack_isTakenAgain_upToABurst() {
    assertThat(taken(400)).isEqualTo(400);
    budget.give(3);
    assertThat(taken(10)).isEqualTo(3);

    budget.give(10_000);
    assertThat(taken(10_000)).isEqualTo(400);
  }

  private int taken(int wanted) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += budget.take() ? 1 : 0;
    }
    return taken;
  }
}
