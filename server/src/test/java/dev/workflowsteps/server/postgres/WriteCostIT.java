package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What writing costs in WAL: for the life of one step, and for many beside a bare COPY. */
class WriteCostIT {

  private static final int LIVES = 3_000;
  private static final long MOST_WAL = 7_168;
  private static final int STEPS = Integer.getInteger("wfs.test.write.steps", 10_000);
  private static final double MOST_TIMES_A_COPY = 1.1;

  /** Three calls of one step each: pending, running, completed. */
  @Test
  void life_ofAStep_costsBoundedWal() throws SQLException {
    try (WriteCosts costs = WriteCosts.on(List.of())) {
      assertThat(costs.lives(LIVES).writes()).isBetween(1L, MOST_WAL);
    }
  }

  @Test
  void manySteps_inCallsOfAThousand_writeLittleMoreWalThanACopy() throws SQLException, IOException {
    try (WriteCosts costs = WriteCosts.on(List.of())) {
      WriteCosts.Bulk bulk = costs.bulk(Lives.steps(0, STEPS, "completed"));

      assertThat((double) bulk.recorded() / bulk.copied()).isBetween(0.5, MOST_TIMES_A_COPY);
    }
  }
}
