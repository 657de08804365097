package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;
import dev.workflowsteps.server.ops.Logging;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a server logs, at first as text and at the level {@code info}, instead of on stderr. */
public final class CapturedLog implements AutoCloseable {

  private static final Pattern LINE =
      Pattern.compile("(\\S+T\\S+)\\.\\d{3}Z \\w+ +\\[[^]]*] (\\S+): (.*)");

  private static final Pattern COUNT = Pattern.compile("(\\d+) more like this within a second: .*");

  private static final int LINES_A_SECOND = 10;

  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream written =
      new ByteArrayOutputStream() {
        @Override
        public void write(byte[] bytes, int offset, int length) {
          isStuck = read.getCount() > 0;
          Uninterruptibles.awaitUninterruptibly(read);
          super.write(bytes, offset, length);
        }
      };

  private volatile CountDownLatch read = new CountDownLatch(0);
  private volatile boolean isStuck;

  public CapturedLog() {
    // What was logged before still goes where it belongs.
    Logging.flush();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logging.configure(LogFormat.PLAIN, LogLevel.INFO);
  }

  /** Has nobody read it until this is counted down: whoever writes waits. */
  public CountDownLatch stall() {
    read = new CountDownLatch(1);
    return read;
  }

  /** Whether somebody waits who writes, after {@link #stall}. */
  public boolean isStuck() {
    return isStuck;
  }

  /** All that was logged so far, the counts of this second included. */
  public String text() {
    Logging.flush();
    return written.toString(StandardCharsets.UTF_8);
  }

  /** The same. */
  public List<String> lines() {
    return text().lines().toList();
  }

  /** Forgets what was logged so far. */
  public void clear() {
    Logging.flush();
    written.reset();
  }

  /**
   * How many events each logger had, by its short name, those included that were only counted.
   *
   * @throws AssertionError if a logger wrote more than ten lines in a second, or stack traces
   */
  public Map<String, Long> events() {
    List<String> text = lines();
    assertThat(text).allMatch(line -> LINE.matcher(line).matches());
    List<Matcher> lines = text.stream().map(LINE::matcher).filter(Matcher::matches).toList();
    // One more if the last second is not over yet.
    assertThat(
            lines.stream()
                .collect(
                    Collectors.groupingBy(
                        line -> line.group(1) + ' ' + line.group(2), Collectors.counting())))
        .allSatisfy(
            (second, count) ->
                assertThat(count).as(second).isLessThanOrEqualTo(LINES_A_SECOND + 1));
    return lines.stream()
        .collect(
            Collectors.groupingBy(
                line -> line.group(2), Collectors.summingLong(line -> events(line.group(3)))));
  }

  private static long events(String message) {
    Matcher count = COUNT.matcher(message);
    return count.matches() ? Long.parseLong(count.group(1)) : 1;
  }

  @Override
  public void close() {
    read.countDown();
    Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
    System.setErr(stderr);
  }
}
