package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.CALLERS;
import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.callers;
import static dev.workflowsteps.adapter.hostile.Experiments.report;
import static dev.workflowsteps.adapter.hostile.Experiments.reportProbes;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * More requests than a server with a database that isn't delayed can answer. How many that are
 * depends on the machine, and the client has a share of the same processors: what becomes of the
 * requests is reported. That the server stays ready meanwhile is held by {@link
 * OverloadExperiment}, with 8,000 callers.
 */
class OverloadReport {

  private static final int MORE_CALLERS = 64;

  @Test
  void twiceWhatTheRealStoreCanDo() throws Exception {
    String experiment = "overload of the real store";
    try (Data data = new Data()) {
      String key = data.organization("busy", 20, 500);
      try (Server server = Server.start(data);
          Load callers = Load.over("http1", key, server);
          Load load = Load.over("http1", key, server)) {
        callers(callers, CALLERS);
        double capacity = callers(callers, CALLERS);
        server.probes();
        for (double multiple : new double[] {0.7, 2}) {
          Offered offered = Offered.offer(server, load, multiple * capacity, SECONDS);
          report(experiment, "%.1f× capacity: %s".formatted(multiple, offered.answers()));
        }
        reportProbes(experiment, server);
      }
    }
  }

  /** How many calls should run at once: {@code -Dwfs.test.hostile.places=2,4,10,20,40} sweeps. */
  @ParameterizedTest
  @MethodSource
  void goodput_byPlaces(int places) throws Exception {
    String experiment = places + " places";
    try (Data data = new Data()) {
      String key = data.organization("busy", 20, 500);
      try (Server server = Server.start(data, "--database-pool-size=" + places);
          Load load = Load.over("http1", key, server)) {
        callers(load, CALLERS);
        server.probes();
        double few = callers(load, CALLERS);
        double more = callers(load, MORE_CALLERS);
        report(
            experiment,
            "goodput %.0f/s of %d callers, %.0f/s of %d"
                .formatted(few, CALLERS, more, MORE_CALLERS));
        reportProbes(experiment, server);
      }
    }
  }

  static Stream<Integer> goodput_byPlaces() {
    return Stream.of(System.getProperty("wfs.test.hostile.places", "10").split(","))
        .map(Integer::valueOf);
  }
}
