package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More requests than the server can answer from a database that isn't delayed. */
class RealStoreExperiment {

  static final int CALLERS = 16;

  private static final int MOST_CALLERS = 8_000;
  private static final int DEADLINE_MILLIS = 10_000;
  private static final String SETTING = "--request-timeout=" + DEADLINE_MILLIS + "ms";

  /** The jar of another build, to be reported beside this one. */
  private static final String EARLIER = System.getProperty("wfs.test.earlier.jar");

  @AutoClose private static BusyServer busy;

  @BeforeAll
  static void start() throws Exception {
    busy = BusyServer.start(Duration.ZERO, SETTING);
  }

  /**
   * What such a database can do depends on the machine, and the client has a share of the same
   * processors: what becomes of the requests is reported.
   */
  @ParameterizedTest
  @ValueSource(strings = "http1")
  void twiceWhatItCanDo_leavesTheServerHealthy(String protocol) throws Exception {
    String experiment = "overload of the real store over " + protocol;
    try (Load callers = load(protocol, busy.server());
        Load load = load(protocol, busy.server())) {
      callers(callers, CALLERS);
      double capacity = callers(callers, CALLERS);
      busy.server().probes();
      for (double multiple : new double[] {0.7, 2}) {
        report(
            experiment,
            "%.1f× capacity: %s"
                .formatted(
                    multiple,
                    load.rate((int) Math.round(multiple * capacity)).seconds(SECONDS).run()));
      }
      SoftAssertions.assertSoftly(softly -> assertProbed(softly, experiment, busy.server()));
    }
  }

  @ParameterizedTest
  @MethodSource(Experiments.PROTOCOLS)
  void eightThousandCallersWhoAskAgainAtOnce_getAlmostAsMuchAsSixteen(String protocol)
      throws Exception {
    String experiment = "8,000 callers over " + protocol;
    try (Load load = load(protocol, busy.server())) {
      callers(load, CALLERS);
      busy.server().probes();
      double share = share(experiment, load);
      SoftAssertions.assertSoftly(
          softly -> {
            softly
                .assertThat(share)
                .as("goodput by that of 16 callers")
                .isGreaterThanOrEqualTo(0.8);
            assertProbed(softly, experiment, busy.server());
          });
    }
    if (EARLIER != null) {
      try (Server earlier = Server.startOther(Path.of(EARLIER), busy.data(), SETTING);
          Load load = load(protocol, earlier)) {
        callers(load, CALLERS);
        share(experiment + ", the earlier build", load);
      }
    }
  }

  private static Load load(String protocol, Server server) {
    return Load.over(protocol, busy.key(), server).deadline(DEADLINE_MILLIS);
  }

  /** The goodput of 8,000 callers by that of 16. */
  private static double share(String experiment, Load load) throws Exception {
    double few = callers(load, CALLERS);
    double most = callers(load, MOST_CALLERS);
    report(
        experiment, "goodput %.0f/s, beside %.0f/s of 16: %.2f".formatted(most, few, most / few));
    return most / few;
  }

  /**
   * Goodput from the time on when all have connected. Many callers have their answers in waves of
   * some seconds.
   */
  static double callers(Load load, int count) throws Exception {
    boolean many = count > CALLERS;
    int from = many ? 2 * SECONDS : 1;
    int to = from + (many ? 2 * SECONDS : SECONDS);
    Answers answers = load.callers(count).seconds(to).run().ended(from, to);
    report(count + " callers", answers);
    return answers.ok().perSecond();
  }
}
