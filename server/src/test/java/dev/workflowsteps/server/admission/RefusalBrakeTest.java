package dev.workflowsteps.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long refusals are held back, with two processors: 2,000 a second are answered at once. */
class RefusalBrakeTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final RefusalBrake brake = new RefusalBrake(2, clock::get);

  @Test
  void refusalsAtTheRate_areNeverHeldBack() {
    for (int i = 0; i < 100_000; i++) {
      clock.addAndGet(Duration.ofSeconds(1).toNanos() / 2_000);
      assertThat(brake.hold("a")).isZero();
    }
  }

  @Test
  void moreThanASecondsWorth_areHeldBack_eachLongerThanTheOneBefore_andNoneForMoreThanFive() {
    for (int i = 0; i < 2_000; i++) {
      assertThat(brake.hold("a")).isZero();
    }
    assertThat(brake.hold("a")).isEqualTo(Duration.ofNanos(500_000));
    for (int i = 0; i < 2_000; i++) {
      var unused = brake.hold("a");
    }
    assertThat(brake.hold("a")).isEqualTo(Duration.ofNanos(1_001_000_000));
    for (int i = 0; i < 100_000; i++) {
      assertThat(brake.hold("a")).isLessThanOrEqualTo(RefusalBrake.LONGEST);
    }
    assertThat(brake.hold("b")).isZero();
  }

  @Test
  void refusedOrganizations_shareTheRate() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(brake.hold("a")).isZero();
      assertThat(brake.hold("b")).isZero();
    }
    assertThat(brake.hold("a")).isPositive();
  }

  @Test
  void whoeverWasNotRefusedOfLate_beginsAnew() {
    for (int i = 0; i < 3_000; i++) {
      var unused = brake.hold("a");
    }
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    brake.forgetIdle();

    assertThat(brake.hold("a")).isZero();
  }
}
