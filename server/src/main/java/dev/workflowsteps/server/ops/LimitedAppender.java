package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.workflowsteps.contract.LogNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Marker;

/**
 * Writes every event, except those that callers cause as often as they like: of these, at most
 * {@value #LINES_A_SECOND} lines of each kind in a second. The others are counted, and once the
 * second is over one line, which is one of the next second's, has their number.
 *
 * <p>They are the events with the marker {@link LogNames#LIMITED}, and all that the libraries of
 * the network log ({@link NetworkEvent}): what peers did, and errors of the program, since peers
 * may be able to cause those too. Each error is a kind of its own, by where it was thrown. Nothing
 * is written and nobody waits while the lock of the counts is held.
 */
final class LimitedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  static final int LINES_A_SECOND = 10;

  /** Our code and the libraries have a few dozen; any more of them would share one limit. */
  private static final int MOST_KINDS = 200;

  private static final Kind OTHER = new Kind("other", List.of(), "", "");

  private final Appender<ILoggingEvent> lines;
  private final boolean stacks;
  private final LongSupplier millis;
  private final Consumer<Runnable> nextSecond;

  /** Guarded by itself, like what follows. */
  private final Map<Kind, Second> latest = new HashMap<>();

  private boolean isScheduled;

  /** Events that share a limit. */
  private record Kind(String logger, List<Marker> markers, String format, String error) {}

  /** What was written and counted of a kind in a second. */
  private static final class Second {
    private long second;
    private int lines;
    private long counted;
    private Line example;
  }

  /** How many events were not written; nobody waits for room for it. */
  static final class CountEvent extends LoggingEvent {}

  /** What a count repeats of an event. */
  private record Line(String logger, Level level, String text) {}

  /**
   * @param lines writes events
   * @param stacks whether to write what peers did as it is, with its stack trace
   * @param millis the time
   * @param nextSecond runs a task when the second of that time is over
   */
  LimitedAppender(
      Appender<ILoggingEvent> lines,
      boolean stacks,
      LongSupplier millis,
      Consumer<Runnable> nextSecond) {
    this.lines = lines;
    this.stacks = stacks;
    this.millis = millis;
    this.nextSecond = nextSecond;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (NetworkEvent.isOne(event)) {
      limit(
          new Kind(event.getLoggerName(), List.of(), "", NetworkEvent.error(event)),
          () -> stacks ? event : NetworkEvent.inOneLine(event));
      return;
    }
    List<Marker> markers = event.getMarkerList();
    if (markers != null && markers.stream().anyMatch(LimitedAppender::limits)) {
      limit(new Kind(event.getLoggerName(), markers, event.getMessage(), ""), () -> event);
    } else {
      lines.doAppend(event);
    }
  }

  /** By its name: while Logback is being configured, SLF4J makes no markers. */
  private static boolean limits(Marker marker) {
    return marker.getName().equals(LogNames.LIMITED);
  }

  private void limit(Kind kind, Supplier<ILoggingEvent> line) {
    List<ILoggingEvent> due = new ArrayList<>(2);
    boolean schedules;
    synchronized (latest) {
      long now = millis.getAsLong() / 1_000;
      Second second =
          latest.computeIfAbsent(
              latest.containsKey(kind) || latest.size() < MOST_KINDS ? kind : OTHER,
              ignored -> new Second());
      if (second.second != now) {
        count(second, now).ifPresent(due::add);
      }
      if (second.lines < LINES_A_SECOND) {
        second.lines++;
        ILoggingEvent event = line.get();
        due.add(event);
        if (second.lines == LINES_A_SECOND) {
          second.example =
              new Line(event.getLoggerName(), event.getLevel(), event.getFormattedMessage());
        }
      } else {
        second.counted++;
      }
      schedules = second.counted > 0 && !isScheduled;
      isScheduled |= schedules;
    }
    due.forEach(lines::doAppend);
    if (schedules) {
      nextSecond.accept(this::writeCounts);
    }
  }

  /** Writes how many events were not written in the seconds that are over. */
  private void writeCounts() {
    List<ILoggingEvent> due = new ArrayList<>();
    boolean again = false;
    synchronized (latest) {
      long now = millis.getAsLong() / 1_000;
      for (Second second : latest.values()) {
        if (second.second != now) {
          count(second, now).ifPresent(due::add);
        }
        again |= second.counted > 0;
      }
      isScheduled = again;
    }
    due.forEach(lines::doAppend);
    if (again) {
      nextSecond.accept(this::writeCounts);
    }
  }

  /** Writes how many events were not written until now, and what waits; for the end. */
  void flush() {
    writeAllCounts();
    if (lines instanceof QueuedAppender queued) {
      queued.flush();
    }
  }

  private void writeAllCounts() {
    List<ILoggingEvent> due = new ArrayList<>();
    synchronized (latest) {
      for (Second second : latest.values()) {
        count(second, second.second).ifPresent(due::add);
      }
    }
    due.forEach(lines::doAppend);
  }

  /** Begins another second with the count of the one before, if there is one to write. */
  private Optional<ILoggingEvent> count(Second second, long now) {
    Optional<ILoggingEvent> count =
        second.counted == 0
            ? Optional.empty()
            : Optional.of(count(second.counted, second.example, millis.getAsLong()));
    second.second = now;
    second.lines = count.isPresent() ? 1 : 0;
    second.counted = 0;
    second.example = null;
    return count;
  }

  private static ILoggingEvent count(long counted, Line example, long millis) {
    CountEvent count = new CountEvent();
    count.setLoggerName(example.logger);
    count.setLevel(example.level);
    count.setInstant(Instant.ofEpochMilli(millis));
    count.setMDCPropertyMap(Map.of());
    count.setMessage(counted + " more like this within a second: " + example.text);
    return count;
  }

  @Override
  public void stop() {
    writeAllCounts();
    lines.stop();
    super.stop();
  }
}
