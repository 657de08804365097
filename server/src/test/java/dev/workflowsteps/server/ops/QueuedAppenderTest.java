package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.EncoderBase;
import com.google.common.util.concurrent.Uninterruptibles;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.OwnThread;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MarkerFactory;

@Timeout(60)
class QueuedAppenderTest {

  private final LoggerContext context = new LoggerContext();
  private final Logger own = context.getLogger("dev.workflowsteps.Own");
  private final Logger audit = context.getLogger(LogNames.AUDIT);
  private final LongAdder dropped = new LongAdder();
  private final StringBuffer written = new StringBuffer();
  private final QueuedAppender appender = new QueuedAppender(new Text(), dropped, this::write);
  private volatile CountDownLatch read = new CountDownLatch(0);
  private volatile boolean writes;

  /** The message alone. */
  private static final class Text extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] headerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      if (event.getFormattedMessage().equals("broken")) {
        throw new IllegalStateException();
      }
      return (event.getFormattedMessage() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return new byte[0];
    }
  }

  private void write(byte[] text) {
    writes = true;
    Uninterruptibles.awaitUninterruptibly(read);
    written.append(new String(text, StandardCharsets.UTF_8));
  }

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
  }

  @AfterEach
  void stop() {
    read.countDown();
    appender.stop();
  }

  @Test
  void lines_areWrittenInOrder_withoutAFlush() {
    for (int i = 0; i < 1_000; i++) {
      own.info("line {}", i);
    }

    await().until(() -> lines().size() == 1_000);
    assertThat(lines()).startsWith("line 0", "line 1").endsWith("line 999");
  }

  @Test
  void accessLog_isWritten_withoutAFlush() {
    appender.doAppend(access());

    await().until(() -> lines().equals(List.of("GET /a 200")));
  }

  /** A list may change after it was logged. */
  @Test
  void message_isThatOfTheMoment() {
    read = new CountDownLatch(1);
    StringBuilder value = new StringBuilder("then");

    own.info("value {}", value);
    value.replace(0, 4, "later");
    read.countDown();
    appender.flush();

    assertThat(lines()).containsExactly("value then");
  }

  @Test
  void auditLog_waitsForRoom_andIsNotDropped() throws InterruptedException {
    read = new CountDownLatch(1);
    own.info("first");
    // Otherwise the thread would still make room.
    await().until(() -> writes);
    while (dropped.sum() == 0) {
      own.info("line");
    }
    Thread deleting = new Thread(() -> audit.info("key revoked"));
    deleting.start();
    await().until(() -> deleting.getState() == Thread.State.WAITING);

    read.countDown();
    deleting.join();
    appender.flush();

    assertThat(lines()).endsWith("key revoked");
  }

  /** It may be that of a timer, or of the program's end. */
  @Test
  void countOfTheAuditLog_doesNotWaitForRoom() throws Exception {
    LimitedAppender limited = new LimitedAppender(appender, false, () -> 1_000, task -> {});
    limited.setContext(context);
    limited.start();
    audit.addAppender(limited);
    audit.setAdditive(false);
    read = new CountDownLatch(1);
    own.info("first");
    await().until(() -> writes);
    for (int i = 0; i < 100; i++) {
      audit.info(MarkerFactory.getMarker(LogNames.LIMITED), "keys refused");
    }
    while (dropped.sum() == 0) {
      own.info("line");
    }

    CompletableFuture.runAsync(limited::flush, OwnThread.EACH).get(5, TimeUnit.SECONDS);

    assertThat(dropped.sum()).isEqualTo(2);
  }

  @Test
  void linesWithStacks_thatWait_areFewer() {
    read = new CountDownLatch(1);
    own.info("first");
    await().until(() -> writes);

    for (int i = 0; i < QueuedAppender.MOST_WITH_STACKS + 5; i++) {
      own.error("failed", new IllegalStateException());
    }
    own.info("last");

    assertThat(dropped.sum()).isEqualTo(5);
    read.countDown();
    appender.flush();
    own.error("failed again", new IllegalStateException());
    appender.flush();
    assertThat(dropped.sum()).isEqualTo(5);
    assertThat(lines())
        .hasSize(1 + QueuedAppender.MOST_WITH_STACKS + 3)
        .contains("last")
        .endsWith("failed again");
  }

  @Test
  void lineThatCantBeMade_isCounted_andTheNextIsWritten() {
    own.info("broken");
    own.info("next");
    appender.flush();

    assertThat(dropped.sum()).isEqualTo(1);
    assertThat(lines())
        .contains("next")
        .anyMatch(line -> line.startsWith("1 lines of the log were dropped"));
  }

  @Test
  void stop_writesWhatWaits() {
    appender.doAppend(access());
    own.info("last");

    long writers = writers();

    appender.stop();

    assertThat(lines()).containsExactly("GET /a 200", "last");
    assertThat(writers()).isEqualTo(writers - 1);
  }

  @Test
  void flushAndStop_doNotWaitForever_ifNobodyReads() {
    read = new CountDownLatch(1);
    own.info("line");

    appender.flush();
    appender.stop();

    assertThat(lines()).isEmpty();
  }

  private static AccessEvent access() {
    return new AccessEvent(
        new AccessLog.Entry(
            0,
            new AccessLog.Request("req_1", "", "GET", "/a"),
            new AccessLog.Outcome("200", 1, 1, 1),
            new AccessLog.Caller("", "", "", ""),
            true),
        true);
  }

  private List<String> lines() {
    return written.toString().lines().toList();
  }

  /** Threads that write a log. */
  private static long writers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("log"))
        .count();
  }
}
