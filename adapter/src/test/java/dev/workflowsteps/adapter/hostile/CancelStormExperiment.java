package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.assertProbed;
import static dev.workflowsteps.adapter.hostile.Experiments.assertServed;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers of one organization leave all the time; another one, which asks for little, is served.
 */
class CancelStormExperiment {

  private static final int RESETS_PER_SECOND = 100;

  /** Longer than any caller waits. */
  private static final Duration LONG_STATEMENT = Duration.ofSeconds(5);

  private static final int LEAVES_AFTER_MILLIS = 50;

  private static Data data;
  private static Server server;
  private static Load quiet;

  @BeforeAll
  static void start() throws Exception {
    data = new Data();
    String quietKey = data.delayed("quiet", Experiments.DELAY);
    server = Server.start(data);
    quiet = Load.quiet("http1", quietKey, server);
  }

  @AfterAll
  static void stop() throws Exception {
    quiet.close();
    server.close();
    data.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http2", "grpc"})
  void callersWhoLeave_costNeitherConnectionsNorStatements(String protocol) throws Exception {
    String experiment = "cancel storm over " + protocol;
    String stormy = "stormy-" + protocol;
    String stormyKey = data.organization(stormy, 1_000, 500);
    try (Load storm =
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
}
