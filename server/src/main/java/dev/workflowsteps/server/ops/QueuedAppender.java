package dev.workflowsteps.server.ops;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import com.google.common.util.concurrent.Uninterruptibles;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.server.ops.LimitedAppender.CountEvent;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Writes lines on a thread of its own, so that nobody waits for whoever reads them: event loops log
 * too. If nobody reads them, a queue fills, and later lines are dropped and counted. Only lines of
 * the audit log are never dropped: they wait for room. A count of further ones does not.
 */
final class QueuedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  /** Lines that wait. As many of the access log take about 5 MB. */
  static final int MOST_QUEUED = 8_192;

  /** Those of them with an exception: each keeps its stack until it is made into text. */
  static final int MOST_WITH_STACKS = 1_024;

  /** Lines in one write. */
  static final int MOST_AT_ONCE = 512;

  /**
   * So long a line of the access log waits for more of them: to wake the thread for each would cost
   * more than the line. Other lines are written immediately.
   */
  private static final long GATHER_MILLIS = 100;

  /** The end of the program does not wait any longer for a reader. */
  private static final long CLOSE_MILLIS = 1_000;

  private final Encoder<ILoggingEvent> encoder;
  private final LongAdder dropped;
  private final Consumer<byte[]> out;

  /** What the thread does next: add a line to the text, or write the text and say so. */
  private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(MOST_QUEUED);

  /** Has permits for as many more lines with a stack as may wait. */
  private final Semaphore stacks = new Semaphore(MOST_WITH_STACKS);

  /** Has permits if lines wait that are to be written immediately. */
  private final Semaphore urgent = new Semaphore(0);

  private final Thread writer = new Thread(this::run, "log");

  /** Of the writer alone, like what follows. */
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  private long reported;

  /**
   * @param encoder stays the caller's
   * @param dropped counts lines that were not written
   * @param out writes lines; may wait
   */
  QueuedAppender(Encoder<ILoggingEvent> encoder, LongAdder dropped, Consumer<byte[]> out) {
    this.encoder = encoder;
    this.dropped = dropped;
    this.out = out;
    this.reported = dropped.sum();
    writer.setDaemon(true);
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (event.getLoggerName().equals(LogNames.AUDIT) && !(event instanceof CountEvent)) {
      Uninterruptibles.putUninterruptibly(queue, () -> add(event));
    } else if (!offer(event)) {
      dropped.increment();
      return;
    }
    if (!(event instanceof AccessEvent)) {
      urgent.release();
    }
  }

  /** Whether there is room for it. */
  private boolean offer(ILoggingEvent event) {
    if (event.getThrowableProxy() == null) {
      return queue.offer(() -> add(event));
    }
    if (!stacks.tryAcquire()) {
      return false;
    }
    boolean isQueued = queue.offer(() -> addWithStack(event));
    if (!isQueued) {
      stacks.release();
    }
    return isQueued;
  }

  private void addWithStack(ILoggingEvent event) {
    add(event);
    stacks.release();
  }

  /** Waits until all lines so far are written, at most for about a second. */
  void flush() {
    CountDownLatch written = new CountDownLatch(1);
    try {
      if (queue.offer(() -> write(written), CLOSE_MILLIS, MILLISECONDS)) {
        urgent.release();
        boolean unused = written.await(CLOSE_MILLIS, MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        queue.take().run();
        boolean unused = urgent.tryAcquire(GATHER_MILLIS, MILLISECONDS);
        urgent.drainPermits();
        doWhatIsQueued();
      }
    } catch (InterruptedException e) {
      // By stop.
    }
    doWhatIsQueued();
  }

  private void doWhatIsQueued() {
    List<Runnable> next = new ArrayList<>(MOST_AT_ONCE);
    do {
      queue.drainTo(next, MOST_AT_ONCE);
      next.forEach(Runnable::run);
      next.clear();
      write();
    } while (!queue.isEmpty());
  }

  /** A line that can't be made is no reason to make no more of them. */
  private void add(ILoggingEvent event) {
    try {
      text.writeBytes(encoder.encode(event));
    } catch (RuntimeException e) {
      dropped.increment();
      addError("a line of the log can't be made", e);
    }
  }

  private void write(CountDownLatch written) {
    write();
    written.countDown();
  }

  private void write() {
    long lost = dropped.sum();
    if (lost > reported) {
      add(dropped(lost - reported));
      reported = lost;
    }
    if (text.size() > 0) {
      out.accept(text.toByteArray());
      text.reset();
    }
  }

  private static ILoggingEvent dropped(long count) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(Logging.class.getName());
    event.setLevel(Level.WARN);
    event.setInstant(Instant.now());
    event.setMDCPropertyMap(Map.of());
    event.setMessage(
        count
            + " lines of the log were dropped; find out whether something reads stderr too slowly");
    return event;
  }

  /** Writes what waits, as far as somebody reads it within a second. */
  @Override
  public void stop() {
    super.stop();
    writer.interrupt();
    Uninterruptibles.joinUninterruptibly(writer, CLOSE_MILLIS, MILLISECONDS);
  }
}
