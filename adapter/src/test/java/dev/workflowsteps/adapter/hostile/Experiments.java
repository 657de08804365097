package dev.workflowsteps.adapter.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/**
 * What the experiments share. They are short by default; {@code -Dwfs.test.hostile.seconds=30} and
 * {@code -Dwfs.test.hostile.protocols=http1,http2,grpc} make them longer.
 */
final class Experiments {

  static final String PROTOCOLS = "dev.workflowsteps.adapter.hostile.Experiments#protocols";

  /** How long each load is sent. */
  static final int SECONDS = Integer.getInteger("wfs.test.hostile.seconds", 3);

  /** Of each read of a delayed organization. */
  static final Duration DELAY = Duration.ofMillis(100);

  private static final int CONNECTIONS = 10;

  /** How many delayed reads a server can answer in a second: each holds a connection so long. */
  static final int CAPACITY = (int) (CONNECTIONS * Duration.ofSeconds(1).dividedBy(DELAY));

  private static final int MOST_PROBE_MILLIS = 100;
  private static final int GROWTH_MEGABYTES = 16;
  private static final int MOST_LINES_PER_SECOND = 10;

  /** Each logger has its places, and in the access log each status. */
  private static final Pattern LINE =
      Pattern.compile(
          "^(?<second>[0-9-]+T[0-9:]+)\\.\\S+ +\\w+ +\\[\\S*] (?<logger>\\w+):"
              + "(?:.*(?<status> (?:[A-Z_]+|[0-9]{3})) (?:ms|bytes)=)?");

  /** Of experiments that are the same over each. */
  static Stream<String> protocols() {
    return Stream.of(System.getProperty("wfs.test.hostile.protocols", "http1,grpc").split(","));
  }

  static void report(String experiment, Object figures) {
    System.out.println("hostile: " + experiment + ": " + figures);
  }

  /** Whatever happens, the server says that it lives, and soon. */
  static void assertProbed(SoftAssertions softly, String experiment, Server server) {
    Answers probes = server.probes();
    report(experiment, "livez and readyz " + probes.times() + " " + probes.outcomes());
    softly.assertThat(probes.failed().count()).as("livez and readyz that failed").isZero();
    softly
        .assertThat(probes.took(99))
        .as("milliseconds of livez and readyz, p99")
        .isLessThanOrEqualTo(MOST_PROBE_MILLIS);
  }

  /** Another organization, which asks for little, is answered whatever happens. */
  static void assertServed(SoftAssertions softly, Answers quiet) {
    softly
        .assertThat(quiet.only(one -> !one.isOk()).outcomes())
        .as("errors of the quiet one")
        .isEmpty();
  }

  /** And takes at most twice as long as alone (p95). */
  static void assertServed(
      SoftAssertions softly, String experiment, Answers alone, Answers beside) {
    report(experiment, "the quiet one alone: " + alone);
    report(experiment, "the quiet one beside it: " + beside);
    assertServed(softly, beside);
    softly
        .assertThat(beside.took(95))
        .as("p95 of the quiet one")
        .isLessThanOrEqualTo(2 * alone.took(95));
  }

  /** What is held goes away again; compiled code, caches and counters may stay. */
  static void assertHeapIsBack(SoftAssertions softly, long before, long after) {
    softly
        .assertThat(after - before)
        .as("MiB that the live heap grew by")
        .isLessThanOrEqualTo(GROWTH_MEGABYTES);
  }

  /**
   * However much happens. A line has the time of its event, which may be of the second before that
   * in which it was logged. Lines that count others have places of their own.
   */
  static void assertLogIsShort(SoftAssertions softly, List<String> lines) {
    List<Matcher> dated =
        lines.stream()
            .filter(line -> !line.contains(" more like this "))
            .filter(line -> !line.isEmpty() && Character.isDigit(line.charAt(0)))
            .map(LINE::matcher)
            .toList();
    softly.assertThat(dated).as("lines of the log that begin with a time").allMatch(Matcher::find);
    softly
        .assertThat(
            dated.stream()
                .filter(line -> line.reset().find())
                .collect(
                    Collectors.groupingBy(
                        line -> line.group("second") + line.group("logger") + line.group("status"),
                        Collectors.counting())))
        .as("lines of the log, by the second, the logger and the status")
        .allSatisfy(
            (place, count) -> assertThat(count).isLessThanOrEqualTo(2 * MOST_LINES_PER_SECOND));
  }

  private Experiments() {}
}
