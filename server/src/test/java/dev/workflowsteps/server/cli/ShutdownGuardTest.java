package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShutdownGuardTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicInteger cancels = new AtomicInteger();
  private final ShutdownGuard guard = new ShutdownGuard();

  @AfterEach
  void close() {
    guard.close();
    Thread.interrupted();
  }

  @Test
  void stop_interruptsTheWork_andCancelsWhatItsCallsDo() throws InterruptedException {
    guard.call(MINUTE).onCancel(cancels::incrementAndGet);
    guard.call(MINUTE).onCancel(cancels::incrementAndGet).close();

    stop();

    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(guard.isStopping()).isTrue();
    assertThat(cancels).hasValue(1);
  }

  @Test
  void call_thatBeginsAfterTheStop_isCancelledAtOnce() throws InterruptedException {
    stop();

    guard.call(MINUTE).onCancel(cancels::incrementAndGet);

    assertThat(cancels).hasValue(1);
  }

  /** What is left closes the storage, and must not be disturbed. */
  @Test
  void stop_afterTheWork_interruptsNothing() throws InterruptedException {
    guard.call(MINUTE).onCancel(cancels::incrementAndGet);
    guard.workDone();

    stop();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(cancels).hasValue(0);
  }

  /** As the JVM does when a signal comes; it waits for the end of the command. */
  private void stop() throws InterruptedException {
    Thread hook = new Thread(guard::stop);
    hook.start();
    while (!guard.isStopping()) {
      Thread.onSpinWait();
    }
    guard.close();
    boolean interrupted = Thread.interrupted();
    hook.join();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
