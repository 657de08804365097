package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadinessTest {

  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Check WELL = new Check("database", Optional::empty);

  private final AtomicLong now = new AtomicLong();
  private final Readiness readiness = new Readiness(now::get, PATIENT);

  @AfterEach
  void close() {
    readiness.close();
  }

  @Test
  void report_beforeBegin_isUnready() {
    assertThat(readiness.report())
        .isEqualTo(new Readiness.Report(false, List.of("starting: the server is not set up yet")));
    assertThat(readiness.passed("database")).isFalse();
  }

  @Test
  void report_allWell_isReady() {
    readiness.begin(List.of(WELL, new Check("schema", Optional::empty)));

    assertThat(readiness.report())
        .isEqualTo(new Readiness.Report(true, List.of("database ok", "schema ok")));
  }

  @Test
  void report_oneProblem_isUnreadyAndNamesIt() {
    readiness.begin(
        List.of(WELL, new Check("schema", () -> Optional.of("version 1, run migrate"))));

    assertThat(readiness.report())
        .isEqualTo(
            new Readiness.Report(false, List.of("database ok", "schema: version 1, run migrate")));
    assertThat(readiness.passed("database")).isTrue();
    assertThat(readiness.passed("schema")).isFalse();
  }

  @Test
  void report_remarks_decideNothing_andAreShownWhileItIsReady() {
    var problem = new AtomicReference<>(Optional.<String>empty());
    readiness.begin(
        List.of(new Check("upstream", problem::get)), () -> List.of("upstream out: no answer"));

    assertThat(readiness.report())
        .isEqualTo(new Readiness.Report(true, List.of("upstream ok", "upstream out: no answer")));
    problem.set(Optional.of("no answer"));
    now.addAndGet(Readiness.CACHE_TTL.toNanos());
    assertThat(readiness.report())
        .isEqualTo(new Readiness.Report(false, List.of("upstream: no answer")));
  }

  @Test
  void report_checkThrows_isUnreadyWithoutItsText() {
    readiness.begin(
        List.of(
            new Check(
                "database",
                () -> {
                  throw new IllegalStateException("password=secret");
                })));

    assertThat(readiness.report().lines())
        .containsExactly("database: the check failed; see the log");
  }

  @Test
  void report_withinHalfASecond_isNotAskedAgain() {
    var asked = new AtomicInteger();
    readiness.begin(List.of(counting(asked)));

    readiness.report();
    now.addAndGet(Readiness.CACHE_TTL.toNanos() - 1);
    readiness.report();
    assertThat(asked).hasValue(1);

    now.addAndGet(1);
    readiness.report();
    assertThat(asked).hasValue(2);
  }

  @Test
  void report_problemGone_isReadyAgain() {
    var problem = new AtomicReference<>(Optional.of("no connection"));
    readiness.begin(List.of(new Check("database", problem::get)));
    assertThat(readiness.ready()).isFalse();

    problem.set(Optional.empty());
    now.addAndGet(Readiness.CACHE_TTL.toNanos());

    assertThat(readiness.ready()).isTrue();
  }

  @Test
  void report_checkHangs_saysSoAndAsksItOnlyOnce() {
    var answer = new CountDownLatch(1);
    var asked = new AtomicInteger();
    Check hanging = new Check("database", () -> awaited(answer, asked));
    try (var impatient = new Readiness(now::get, Duration.ofMillis(1))) {
      impatient.begin(List.of(hanging));

      assertThat(impatient.report().lines()).containsExactly("database: no result within 1 ms");
      now.addAndGet(Readiness.CACHE_TTL.toNanos());
      assertThat(impatient.ready()).isFalse();
      assertThat(asked).hasValueLessThan(2);
    } finally {
      answer.countDown();
    }
  }

  @Test
  void drain_isSeenAtOnce() {
    readiness.begin(List.of(WELL));
    assertThat(readiness.ready()).isTrue();

    readiness.drain();

    assertThat(readiness.draining()).isTrue();
    assertThat(readiness.report().lines()).containsExactly("draining: the server is stopping");
    assertThat(readiness.passed("database")).isTrue();
    assertThat(readiness.ready()).isFalse();
  }

  @Test
  void close_waitsForTheRunningCheck() throws InterruptedException {
    var asked = new AtomicInteger();
    var answer = new CountDownLatch(1);
    var undisturbed = new AtomicBoolean();
    readiness.begin(
        List.of(
            new Check(
                "database",
                () -> {
                  Optional<String> none = awaited(answer, asked);
                  undisturbed.set(!Thread.currentThread().isInterrupted());
                  return none;
                })));
    new Thread(readiness::report).start();
    await().until(() -> asked.get() == 1);
    var closer = new Thread(readiness::close);
    closer.start();
    await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);

    answer.countDown();
    closer.join();

    assertThat(undisturbed).isTrue();
  }

  @Test
  void probe_executorShutDown_saysThatTheServerIsStopping() {
    var probe =
        new Probe(
            WELL,
            task -> {
              throw new RejectedExecutionException();
            },
            PATIENT);

    assertThat(probe.problem()).hasValue("the server is stopping");
  }

  private static Check counting(AtomicInteger asked) {
    return new Check(
        "database",
        () -> {
          asked.incrementAndGet();
          return Optional.empty();
        });
  }

  private static Optional<String> awaited(CountDownLatch answer, AtomicInteger asked) {
    asked.incrementAndGet();
    try {
      answer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }
}
