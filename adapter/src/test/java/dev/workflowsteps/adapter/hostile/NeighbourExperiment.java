package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.CAPACITY;
import static dev.workflowsteps.adapter.hostile.Experiments.DELAY;
import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One organization asks for far too much; another one, which asks for little, is served. */
class NeighbourExperiment {

  private static final int QUIET_RATE = 20;
  private static final int RESETS_PER_SECOND = 100;

  /** Longer than any caller waits. */
  private static final Duration LONG_STATEMENT = Duration.ofSeconds(5);

  private static final int LEAVES_AFTER_MILLIS = 50;

  private static Data data;
  private static String quietKey;
  private static Server server;

  @BeforeAll
  static void start() throws Exception {
    data = new Data();
    quietKey = delayed("quiet");
    server = Server.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    data.close();
  }

  @ParameterizedTest
  @MethodSource(Experiments.PROTOCOLS)
  void organizationAtTenTimesTheCapacity_leavesTheQuietOneAlone(String protocol) throws Exception {
    String experiment = "noisy neighbour over " + protocol;
    String noisyKey = delayed("noisy-" + protocol);
    try (Load quiet = quiet(protocol);
        Load noisy = Load.over(protocol, noisyKey, server).rate(10 * CAPACITY)) {
      // Compiles what answers and what refuses.
      noisy.seconds(SECONDS).run();
      Answers alone = quiet.run();
      server.probes();
      noisy.seconds(SECONDS + 2).start();
      Answers beside = quiet.run();
      report(experiment, "the noisy one: " + noisy.answers());
      SoftAssertions.assertSoftly(
          softly -> {
            assertServed(softly, experiment, alone, beside);
            assertProbed(softly, experiment, server);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http2", "grpc"})
  void callersWhoLeave_costNeitherConnectionsNorStatements(String protocol) throws Exception {
    String experiment = "cancel storm over " + protocol;
    String stormy = "stormy-" + protocol;
    String stormyKey = data.organization(stormy, 1_000, 500);
    try (Load quiet = quiet("http1");
        Load storm =
            Load.over(protocol, stormyKey, server)
                .limit(1_000)
                .rate(RESETS_PER_SECOND)
                .cancelledAfter(LEAVES_AFTER_MILLIS)
                .seconds(SECONDS + 2)) {
      storm.warmUp();
      data.delay(stormy, LONG_STATEMENT);
      Answers alone = quiet.run();
      server.probes();
      long sessions = data.sessions();
      storm.start();
      Answers beside = quiet.run();
      Answers left = storm.answers();
      TimeUnit.SECONDS.sleep(1);
      long running = data.runningStatements();
      // PostgreSQL's counters are up to a second old, which has passed.
      long made = data.sessions() - sessions;
      int resets = left.failed().count();
      report(experiment, "the storm: " + left);
      report(
          experiment,
          "%d resets, %d connections made (%.2f), %d statements still run"
              .formatted(resets, made, (double) made / resets, running));
      SoftAssertions.assertSoftly(
          softly -> {
            assertServed(softly, experiment, alone, beside);
            softly
                .assertThat((double) made / resets)
                .as("connections made by resets")
                .isLessThanOrEqualTo(0.05);
            softly.assertThat(running).as("statements that still run").isZero();
            assertProbed(softly, experiment, server);
          });
    }
  }

  /** The key of an organization whose reads take {@link Experiments#DELAY} longer. */
  private static String delayed(String organization) throws Exception {
    String key = data.organization(organization, 20, 500);
    data.delay(organization, DELAY);
    return key;
  }

  private static Load quiet(String protocol) {
    return Load.over(protocol, quietKey, server).rate(QUIET_RATE).seconds(SECONDS);
  }

  private static void assertServed(
      SoftAssertions softly, String experiment, Answers alone, Answers beside) {
    report(experiment, "the quiet one alone: " + alone);
    report(experiment, "the quiet one beside it: " + beside);
    Experiments.assertServed(softly, beside);
    softly
        .assertThat(beside.took(95))
        .as("p95 of the quiet one")
        .isLessThanOrEqualTo(2 * alone.took(95));
  }
}
