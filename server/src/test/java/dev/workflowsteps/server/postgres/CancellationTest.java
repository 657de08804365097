package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.OwnThread;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CancellationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CancelExecutor executor = new CancelExecutor(meters);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger sent = new AtomicInteger();

  @AfterEach
  void close() {
    answer.countDown();
    executor.close();
  }

  @Test
  void nothingRequested_connectionIsReusable() {
    assertThat(running(this::answered).finish()).isTrue();
    assertThat(sent).hasValue(0);
  }

  @Test
  void confirmedCancel_connectionIsReusable() {
    Cancellation cancellation = running(this::answered);
    cancellation.request();
    await().atMost(PATIENCE).until(() -> sent.get() > 0);

    assertThat(cancellation.isRequested()).isTrue();
    assertThat(cancellation.finish()).isTrue();
    await().atMost(PATIENCE).until(() -> count("confirmed") == sent.get());
  }

  @Test
  void failedCancel_connectionIsNotReusable_andItIsNotSentAgain() {
    Cancellation cancellation =
        running(
            () -> {
              sent.incrementAndGet();
              throw new SQLException("an answer that is no end");
            });
    cancellation.request();
    await().atMost(PATIENCE).until(() -> count("unconfirmed") == 1);

    assertThat(cancellation.finish()).isFalse();
    assertThat(sent).hasValue(1);
  }

  /** The statement has ended, and its cancel may still hit the next one. */
  @Test
  void cancelWithoutAnAnswer_isNotWaitedForLong_andItsConnectionIsNotReusable() {
    Cancellation cancellation = running(this::unanswered);
    cancellation.request();
    await().atMost(PATIENCE).until(() -> sent.get() == 1);

    assertThat(cancellation.finish()).isFalse();
  }

  @Test
  void cancelOnItsWay_isWaitedFor() {
    Cancellation cancellation = running(this::unanswered);
    cancellation.request();
    await().atMost(PATIENCE).until(() -> sent.get() == 1);
    CompletableFuture<Boolean> finish = CompletableFuture.supplyAsync(cancellation::finish, OwnThread.EACH);
    answer.countDown();

    // A machine that stands still for a second in between makes the cancel unconfirmed.
    assertThat(finish).succeedsWithin(PATIENCE);
    await().atMost(PATIENCE).until(() -> count("confirmed") + count("unconfirmed") == 1);
    assertThat(finish.join()).isEqualTo(count("confirmed") == 1);
  }

  /** The server forgets a cancel that comes before its statement. */
  @Test
  void cancelOfAStatementThatRunsOn_isSentAgain_butNotForEver() {
    Cancellation cancellation = running(this::answered);
    cancellation.request();
    cancellation.request();

    await().atMost(PATIENCE).until(() -> count("confirmed") == 5);
    assertThat(cancellation.finish()).isTrue();
    assertThat(sent).hasValue(5);
  }

  @Test
  void cancelThatHasNotBegun_isNotWaitedFor_andNeverSent() {
    AtomicInteger late = new AtomicInteger();
    Cancellation waiting = running(late::incrementAndGet);
    for (int i = 0; i < 4; i++) {
      running(this::unanswered).request();
    }
    await().atMost(PATIENCE).until(() -> sent.get() == 4);
    waiting.request();

    assertThat(waiting.finish()).isTrue();
    answer.countDown();
    CountDownLatch behind = new CountDownLatch(1);
    running(behind::countDown).request();
    await().atMost(PATIENCE).until(() -> behind.getCount() == 0);
    assertThat(late).hasValue(0);
  }

  @Test
  void requestBeforeThereIsAnythingToCancel_sendsNothing() {
    Cancellation cancellation = new Cancellation(executor);
    cancellation.request();
    cancellation.begin(this::answered);

    assertThat(cancellation.isRequested()).isTrue();
    assertThat(cancellation.finish()).isTrue();
    assertThat(sent).hasValue(0);
  }

  @Test
  void requestAfterTheEnd_sendsNothing() {
    Cancellation cancellation = running(this::answered);
    assertThat(cancellation.finish()).isTrue();

    cancellation.request();

    Cancellation next = running(this::answered);
    next.request();
    await().atMost(PATIENCE).until(() -> count("confirmed") == 5);
    assertThat(sent).hasValue(5);
  }

  @Test
  void tooManyCancels_areDropped_andNobodyWaits() {
    int requests = 1_000;
    for (int i = 0; i < requests; i++) {
      running(this::unanswered).request();
    }

    assertThat(count("dropped")).isEqualTo(requests - 4 - 256);
  }

  private Cancellation running(Cancellation.Cancel cancel) {
    Cancellation cancellation = new Cancellation(executor);
    cancellation.begin(cancel);
    return cancellation;
  }

  private void answered() {
    sent.incrementAndGet();
  }

  private void unanswered() {
    sent.incrementAndGet();
    try {
      answer.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int count(String outcome) {
    return (int) meters.get("workflow_steps.cancels").tag("outcome", outcome).counter().count();
  }
}
