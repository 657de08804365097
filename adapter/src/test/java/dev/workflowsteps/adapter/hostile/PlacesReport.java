package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.report;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How many calls should run at once on this machine: the goodput of 16 callers and of four times as
 * many, by the size of the pool. {@code -Dwfs.test.hostile.places=2,10} takes others.
 */
class PlacesReport {

  private static final int MORE_CALLERS = 4 * RealStoreExperiment.CALLERS;

  @ParameterizedTest
  @MethodSource
  void goodput_byPlaces(int places) throws Exception {
    try (BusyServer busy = BusyServer.start(Duration.ZERO, "--database-pool-size=" + places);
        Load load = busy.load("http1")) {
      RealStoreExperiment.callers(load, RealStoreExperiment.CALLERS);
      double few = RealStoreExperiment.callers(load, RealStoreExperiment.CALLERS);
      double more = RealStoreExperiment.callers(load, MORE_CALLERS);
      report(
          places + " places",
          "goodput %.0f/s of %d callers, %.0f/s of %d"
              .formatted(few, RealStoreExperiment.CALLERS, more, MORE_CALLERS));
    }
  }

  static Stream<Integer> goodput_byPlaces() {
    return Stream.of(System.getProperty("wfs.test.hostile.places", "2,4,10,20,40").split(","))
        .map(Integer::valueOf);
  }
}
