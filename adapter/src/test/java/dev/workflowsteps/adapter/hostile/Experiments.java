package dev.workflowsteps.adapter.hostile;

import java.time.Duration;
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

  /** As many as keep a server busy. */
  static final int CALLERS = 16;

  private static final int MOST_PROBE_MILLIS = 100;

  /** Of experiments that are the same over each. */
  static Stream<String> protocols() {
    return Stream.of(System.getProperty("wfs.test.hostile.protocols", "http1,grpc").split(","));
  }

  static void report(String experiment, Object figures) {
    System.out.println("hostile: " + experiment + ": " + figures);
  }

  /** Goodput of so many callers without think time, counted from when all have connected. */
  static double callers(Load load, int count) throws Exception {
    int from = count > CALLERS ? 2 * SECONDS : 1;
    int to = from + SECONDS;
    Answers answers = load.callers(count).seconds(to).run().ended(from, to);
    report(count + " callers", answers);
    return answers.ok().perSecond();
  }

  /** Whatever happens, the server says that it lives, and soon. */
  static void assertProbed(SoftAssertions softly, String experiment, Server server) {
    Answers probes = reportProbes(experiment, server);
    softly.assertThat(probes.failed().count()).as("livez and readyz that failed").isZero();
    softly
        .assertThat(probes.took(99))
        .as("milliseconds of livez and readyz, p99")
        .isLessThanOrEqualTo(MOST_PROBE_MILLIS);
  }

  /** What became of the probes since they were last asked for. */
  static Answers reportProbes(String experiment, Server server) {
    Answers probes = server.probes();
    report(experiment, "livez and readyz " + probes.times() + " " + probes.outcomes());
    return probes;
  }

  private Experiments() {}
}
