package dev.workflowsteps.adapter.hostile;

import dev.workflowsteps.adapter.hostile.MemoryAttack.Ended;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers who don't read what they asked for, or don't send what they announced. */
class StallExperiment {

  private static final int MOST_MILLIS = 45_000;

  /** Which has to get over each before the next. */
  @AutoClose private static MemoryAttack server;

  @BeforeAll
  static void start() throws Exception {
    server = new MemoryAttack();
  }

  @ParameterizedTest
  @CsvSource({"stalled-streams, 240", "slow-readers, 200", "half-messages, 100"})
  void callersWhoStall_areEnded(String attack, int count) throws Exception {
    server.run(
        count + " " + attack,
        attack,
        count,
        (softly, ended) ->
            softly
                .assertThat(ended.stream().mapToInt(Ended::millis).max().orElse(0))
                .as("milliseconds until the last was ended")
                .isLessThanOrEqualTo(MOST_MILLIS));
  }
}
