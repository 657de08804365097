package dev.workflowsteps.server.ops;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.server.config.AccessLogMode;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The access log on stderr. Requests only put their entries into a queue; a thread makes the lines
 * and writes them, many at once. If stderr takes nothing, the queue fills, and later entries are
 * dropped and counted.
 *
 * <p>Of entries that anybody could cause, at most {@value #LINES_A_SECOND} a second of each status
 * get a line, unless all requests do. The others are counted, and once the second is over a line
 * has their number.
 */
public final class QueuedAccessLog implements AccessLog, AutoCloseable {

  static final int LINES_A_SECOND = LimitedAppender.LINES_A_SECOND;

  /** Entries that wait; they take about 5 MB. */
  static final int MOST_QUEUED = 8_192;

  /** A request that takes so long is worth a line, however it ends. */
  static final Duration SLOW = Duration.ofSeconds(1);

  /** Entries whose lines are written at once. */
  private static final int MOST_AT_ONCE = 512;

  /** So long the thread waits for more entries: to be woken by each would cost more than a line. */
  private static final long GATHER_MILLIS = 100;

  /** A count of a second that is over is written so much later at most. */
  private static final long LATEST_COUNT_MILLIS = 1_000;

  /** The end of the program does not wait any longer for stderr. */
  private static final long CLOSE_MILLIS = 1_000;

  private final AccessLogMode mode;
  private final Counter dropped;
  private final Consumer<byte[]> out;
  private final LongSupplier millis;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(MOST_QUEUED);
  private final Thread writer = new Thread(this::run, "access-log");
  private volatile boolean closed;

  /** Of the writer alone, like what follows. */
  private final AccessLogLines lines;

  private final Map<String, Second> latest = new HashMap<>();
  private double reported;

  /** What was written and counted of a status in a second. */
  private static final class Second {
    private long second;
    private int lines;
    private long counted;
    private String summary = "";
  }

  /** On stderr, as the settings say. */
  public static QueuedAccessLog of(Settings settings, Meters meters) {
    return new QueuedAccessLog(
        settings.get(Setting.ACCESS_LOG),
        settings.get(Setting.LOG_FORMAT),
        meters,
        QueuedAccessLog::toStderr,
        System::currentTimeMillis);
  }

  /**
   * @param out writes lines; may wait
   * @param millis the time
   */
  QueuedAccessLog(
      AccessLogMode mode,
      LogFormat format,
      Meters meters,
      Consumer<byte[]> out,
      LongSupplier millis) {
    this.mode = mode;
    this.dropped = meters.accessLogDropped();
    this.out = out;
    this.millis = millis;
    this.lines = new AccessLogLines(format);
    writer.setDaemon(true);
    if (mode != AccessLogMode.OFF) {
      writer.start();
    }
  }

  /** In one piece, so that lines of the rest of the log are not mixed with it. */
  private static void toStderr(byte[] text) {
    System.err.write(text, 0, text.length);
    System.err.flush();
  }

  @Override
  public boolean takes(boolean failed, long nanos) {
    return switch (mode) {
      case ERRORS -> failed || nanos >= SLOW.toNanos();
      case ALL -> true;
      case OFF -> false;
    };
  }

  @Override
  public void add(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.increment();
    }
  }

  private void run() {
    List<Entry> entries = new ArrayList<>(MOST_AT_ONCE);
    try {
      while (!closed) {
        Entry first = queue.poll(LATEST_COUNT_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          entries.add(first);
          if (queue.size() < MOST_AT_ONCE) {
            TimeUnit.MILLISECONDS.sleep(GATHER_MILLIS);
          }
        }
        write(entries);
      }
    } catch (InterruptedException e) {
      // By close.
    }
    do {
      write(entries);
    } while (!queue.isEmpty());
    latest.values().forEach(second -> writeCount(second, Long.MAX_VALUE));
    flush();
  }

  private void write(List<Entry> entries) {
    queue.drainTo(entries, MOST_AT_ONCE - entries.size());
    entries.forEach(this::write);
    entries.clear();
    long now = millis.getAsLong();
    latest.values().forEach(second -> writeCount(second, now / 1_000));
    double lost = dropped.count();
    if (lost > reported) {
      long count = (long) (lost - reported);
      lines.add(now, "WARN", count + " lines were dropped, because stderr did not take them");
      reported = lost;
    }
    flush();
  }

  private void write(Entry entry) {
    if (!entry.limited() || mode == AccessLogMode.ALL) {
      lines.add(entry);
      return;
    }
    String edge = entry.request().method().isEmpty() ? "gRPC " : "REST ";
    Second second = latest.computeIfAbsent(edge + entry.outcome().status(), status -> new Second());
    writeCount(second, entry.endMillis() / 1_000);
    if (second.lines < LINES_A_SECOND) {
      second.lines++;
      lines.add(entry);
    } else {
      second.counted++;
      second.summary = AccessLogLines.summary(entry);
    }
  }

  /** Begins another second with the count of the one before, if there is one to write. */
  private void writeCount(Second second, long now) {
    if (now <= second.second) {
      return;
    }
    second.lines = 0;
    if (second.counted > 0) {
      second.lines = 1;
      lines.add(
          millis.getAsLong(),
          "INFO",
          second.counted + " more like this within a second: " + second.summary);
    }
    second.second = now;
    second.counted = 0;
  }

  private void flush() {
    byte[] text = lines.take();
    if (text.length > 0) {
      out.accept(text);
    }
  }

  /** Writes what waits, as far as stderr takes it within a second. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
