package dev.workflowsteps.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.admission.Admission.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who runs, who waits and who is refused; on this thread, with a clock that is set by hand. */
class AdmissionTest {

  private static final int PLACES = 4;

  private final AtomicLong clock = new AtomicLong();
  private final ArrayDeque<Runnable> started = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private final Admission admission =
      new Admission(new Admission.Limits(PLACES, 2, 1, 0), started::add, clock::get);

  @Test
  void asManyRunAsThereArePlaces_andTheNextWaits() {
    submit("a", PLACES + 1);

    assertThat(admission.running(Work.READ)).isEqualTo(PLACES);
    assertThat(admission.waiting(Work.READ)).isEqualTo(1);
    assertThat(started).hasSize(PLACES);
  }

  @Test
  void kindsOfWork_takeNoPlacesOfEachOther() {
    submit("a", PLACES);
    admission.submit(Work.WRITE, new OneTask("w"));

    assertThat(admission.running(Work.WRITE)).isEqualTo(1);
  }

  @Test
  void largeReads_haveAPartOfThePlaces_andTheOthersPassThem() {
    for (int i = 0; i < 3; i++) {
      admission.submit(Work.LARGE_READ, new OneTask("large"));
    }
    assertThat(admission.running(Work.LARGE_READ)).isEqualTo(2);
    assertThat(admission.waiting(Work.LARGE_READ)).isEqualTo(1);

    submit("a", 2);
    assertThat(admission.running(Work.READ)).isEqualTo(2);
    submit("a", 1);
    assertThat(admission.waiting(Work.READ)).isEqualTo(1);

    // A small one ends: the large one that waits may not have its place.
    started.removeLast().run();
    assertThat(events).containsExactly("a", "a");
    assertThat(admission.waiting(Work.LARGE_READ)).isEqualTo(1);
    runAll();
    assertThat(events).filteredOn("large"::equals).hasSize(3);
  }

  @Test
  void organizationThatHasNothing_mayLetOneWait_howeverLongOthersTake() {
    for (int i = 0; i < 200; i++) {
      submit("slow", Duration.ofSeconds(10), 1);
      runAll();
    }
    submit("a", PLACES);
    events.clear();

    submit("b", 2);

    assertThat(admission.waiting(Work.READ)).isEqualTo(1);
    assertThat(events).containsExactly("b " + Refusal.QUEUE_FULL);
  }

  @Test
  void everyTask_isRunOnce_andAllPlacesAreFreeThen() {
    submit("a", PLACES);
    submit("b", 3);

    runAll();

    assertThat(events).containsExactlyInAnyOrder("a", "a", "a", "a", "b", "b", "b");
    assertThat(admission.running(Work.READ)).isZero();
    assertThat(admission.waiting(Work.READ)).isZero();
  }

  @Test
  void freePlace_goesToTheOrganizationWithTheFewest() {
    submit("a", PLACES + 5);
    submit("b", 2);

    started.remove().run();

    assertThat(events).containsSubsequence("a", "b", "b", "a");
  }

  @Test
  void organizationsThatHaveEquallyMany_takeTurns() {
    submit("a", PLACES);
    submit("b", 2);
    submit("c", 2);

    started.remove().run();

    assertThat(events).containsExactly("a", "b", "c", "b", "c");
  }

  @Test
  void whoeverWouldWaitTooLong_isRefusedAtOnce_butNotSomebodyElse() {
    // 10 ms a task, as long as none has run: twenty in four places make 50 ms.
    submit("a", PLACES + 20);
    clock.addAndGet(Places.LONGEST_WAIT.toNanos());
    assertThat(events).isEmpty();

    submit("a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);

    submit("b", 1);
    assertThat(events).hasSize(1);
    assertThat(admission.waiting(Work.READ)).isEqualTo(21);
  }

  @Test
  void queueThatHasJustBegun_mayBeLongerOfFastTasks_andNotOfSlowOnes() {
    // Of 10 ms each, 56 in four places make 140 ms.
    submit("a", PLACES + 56);
    assertThat(events).isEmpty();
    submit("a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);

    runAll();
    for (int i = 0; i < 200; i++) {
      submit("slow", Duration.ofMillis(100), 1);
      runAll();
    }
    events.clear();
    // Of 100 ms each, three make 75 ms.
    submit("a", PLACES + 2);
    assertThat(events).isEmpty();
    submit("a", 2);
    assertThat(events).last().isEqualTo("a " + Refusal.QUEUE_FULL);
  }

  @Test
  void whileTheQueueIsFullNowAndThen_nobodyWaitsForAsLongAsACallTakes_butWhoHasLessThanItsPart() {
    Duration time = Duration.ofMillis(100);
    for (int i = 0; i < 200; i++) {
      submit("a", time, 1);
      runAll();
    }
    events.clear();
    // All places begin at the same time; of five more, the last is one too many.
    submit("a", PLACES);
    waitAndLeave("a", 2);
    assertThat(events).isEmpty();
    waitAndLeave("a", 5);
    assertThat(events).last().isEqualTo("a " + Refusal.QUEUE_FULL);
    events.clear();

    submit("a", time, 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);
    waitAndLeave("b", 2);
    assertThat(events).hasSize(1);
    clock.addAndGet(Duration.ofMillis(24).toNanos());
    submit("a", time, 1);
    assertThat(events).hasSize(2);
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    waitAndLeave("a", 1);
    assertThat(events).hasSize(2);

    // Such refusals don't prolong that, however late they come.
    clock.addAndGet(Places.LONGEST_WAIT.minusMillis(25 + 2).toNanos());
    runAll();
    events.clear();
    submit("a", PLACES);
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    submit("a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);
    clock.addAndGet(Duration.ofMillis(1).toNanos());
    submit("a", 1);
    assertThat(events).hasSize(1);
  }

  @Test
  void whoeverIsSecond_waitsForTheSecondCallThatEnds() {
    Duration time = Duration.ofMillis(100);
    for (int i = 0; i < 200; i++) {
      submit("a", time, 1);
      runAll();
    }
    events.clear();
    submit("a", 1);
    clock.addAndGet(Duration.ofMillis(60).toNanos());
    submit("a", PLACES - 1);
    waitAndLeave("a", 5);
    events.clear();

    submit("a", 1);
    assertThat(events).isEmpty();
    submit("a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);
  }

  @Test
  void largeCalls_waitForLargeOnes_onlyIfTheseHaveAllTheirPlaces() {
    for (int i = 0; i < 200; i++) {
      admission.submit(Work.LARGE_READ, new OneTask("a", Duration.ofMillis(100)));
      runAll();
    }
    events.clear();
    admission.submit(Work.LARGE_READ, new OneTask("a"));
    submit("a", PLACES - 1);
    waitAndLeave(Work.LARGE_READ, "a", 5);
    events.clear();
    // A small one ends soon, and its place may be had.
    waitAndLeave(Work.LARGE_READ, "a", 1);
    assertThat(events).isEmpty();

    runAll();
    events.clear();
    admission.submit(Work.LARGE_READ, new OneTask("a"));
    admission.submit(Work.LARGE_READ, new OneTask("a"));
    submit("a", PLACES - 2);
    waitAndLeave(Work.LARGE_READ, "a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);
    waitAndLeave("a", 1);
    assertThat(events).hasSize(1);
  }

  private void waitAndLeave(String organization, int count) {
    waitAndLeave(Work.READ, organization, count);
  }

  private void waitAndLeave(Work work, String organization, int count) {
    List<OneTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(new OneTask(organization));
    }
    tasks.forEach(task -> admission.submit(work, task));
    tasks.forEach(task -> admission.withdraw(work, task));
  }

  @Test
  void slowTasks_makeTheQueueShort_andFastOnesLong() {
    for (int i = 0; i < 200; i++) {
      submit("slow", Duration.ofSeconds(1), 1);
      runAll();
    }
    submit("a", PLACES);
    events.clear();
    submit("a", 1);
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);

    runAll();
    for (int i = 0; i < 400; i++) {
      submit("fast", Duration.ofMillis(1), 1);
      runAll();
    }
    events.clear();
    submit("a", PLACES + 100);
    assertThat(events).isEmpty();
  }

  @Test
  void whoeverHasWaitedTooLong_isRefused() {
    submit("a", PLACES + 2);

    clock.addAndGet(Places.LONGEST_WAIT.toNanos());
    admission.refuseLate();
    assertThat(events).isEmpty();

    clock.addAndGet(1);
    admission.refuseLate();
    assertThat(events).containsExactly("a " + Refusal.WAITED, "a " + Refusal.WAITED);
    assertThat(admission.waiting(Work.READ)).isZero();
    assertThat(admission.running(Work.READ)).isEqualTo(PLACES);
  }

  @Test
  void whileTheFirstCallsRun_othersWaitForUpToTwoSeconds() {
    Admission cold = new Admission(new Admission.Limits(1, 1, 1, 2), started::add, clock::get);
    for (int i = 0; i < 200; i++) {
      cold.submit(Work.READ, new OneTask("a"));
    }
    assertThat(cold.waiting(Work.READ)).isEqualTo(199);
    cold.submit(Work.READ, new OneTask("a"));
    cold.submit(Work.READ, new OneTask("a"));
    assertThat(events).containsExactly("a " + Refusal.QUEUE_FULL);

    clock.addAndGet(Places.LONGEST_FIRST_WAIT.toNanos());
    cold.refuseLate();
    assertThat(events).hasSize(1);

    // Many have ended, but within the first seconds.
    runAll();
    cold.submit(Work.READ, new OneTask("a"));
    cold.submit(Work.READ, new OneTask("a"));
    clock.addAndGet(Places.LONGEST_WAIT.toNanos() + 1);
    cold.refuseLate();
    assertThat(events).doesNotContain("a " + Refusal.WAITED);

    clock.addAndGet(Places.FIRST_TIME.toNanos());
    cold.refuseLate();
    assertThat(events).last().isEqualTo("a " + Refusal.WAITED);
  }

  @Test
  void whoeverLeft_waitsNoMore() {
    submit("a", PLACES);
    OneTask leaver = new OneTask("leaver");
    admission.submit(Work.READ, leaver);

    assertThat(admission.withdraw(Work.READ, leaver)).isTrue();
    assertThat(admission.withdraw(Work.READ, leaver)).isFalse();

    runAll();
    assertThat(events).doesNotContain("leaver");
  }

  @Test
  void taskThatThrows_givesItsPlaceBack() {
    admission.submit(
        Work.WRITE,
        new OneTask("broken") {
          @Override
          public void run() {
            throw new IllegalStateException("broken");
          }
        });
    admission.submit(Work.WRITE, new OneTask("next"));

    assertThatThrownBy(started.remove()::run).hasMessage("broken");
    runAll();

    assertThat(events).containsExactly("next");
    assertThat(admission.running(Work.WRITE)).isZero();
  }

  private void submit(String organization, int count) {
    submit(organization, Duration.ZERO, count);
  }

  private void submit(String organization, Duration duration, int count) {
    for (int i = 0; i < count; i++) {
      admission.submit(Work.READ, new OneTask(organization, duration));
    }
  }

  private void runAll() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }

  private class OneTask implements Admission.Task {

    private final String organization;
    private final Duration duration;

    OneTask(String organization) {
      this(organization, Duration.ZERO);
    }

    OneTask(String organization, Duration duration) {
      this.organization = organization;
      this.duration = duration;
    }

    @Override
    public String organization() {
      return organization;
    }

    @Override
    public void run() {
      clock.addAndGet(duration.toNanos());
      events.add(organization);
    }

    @Override
    public void refuse(Refusal refusal) {
      events.add(organization + " " + refusal);
    }
  }
}
