package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.StepFilter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans that know the values of parameters, as those on Citus do. */
class ConditionalIndexIT {

  private static final String INSERT =
      """
      INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type, status,
        retry_count, form_version, withheld_bytes, ended_at, head, outputs, inputs)
      SELECT 'acme', 'run-' || n, 'step-' || n, n, 'b', 'note', 'completed', 0, 2, 0, n, '', '', ''
      FROM generate_series(1, 5000) AS n""";

  /** The index of all states but pending would do, and be read from its beginning to its end. */
  @Test
  void listOfAState_isReadFromTheIndexByState_whateverTheStatistics() throws SQLException {
    DatabaseUrl url = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());
    new Migrations(url).migrate(Optional.empty());
    try (Connection writer = AsOwner.connectAsWriter(url)) {
      TestDatabase.execute(writer, "INSERT INTO organization VALUES ('acme', 'epoch')");
      TestDatabase.execute(writer, INSERT);
      AsOwner.execute(url, "ANALYZE step");
      TestDatabase.execute(writer, "UPDATE step SET status = 'error'");
    }

    StepFilter all = StepFilter.all("acme");
    String ofAState = plan(url, all.withStatuses(List.of("completed")));
    assertThat(ofAState).contains("step_of_organization").doesNotContain("step_not_pending");
    assertThat(plan(url, all)).contains("step_not_pending");
  }

  private static String plan(DatabaseUrl url, StepFilter filter) throws SQLException {
    Sql page =
        new SelectStepPage(
                new Scan<>(filter, Direction.ASCENDING, Optional.empty(), 51, Long.MAX_VALUE),
                Words.STATUS.all())
            .statements()
            .get(0);
    String text = page.text();
    for (Object value : page.values()) {
      text = text.replaceFirst("\\?", value instanceof String ? "'" + value + "'" : "" + value);
    }
    try (Connection connection = AsOwner.connect(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          TransactionSettings.READER_ON_CITUS
              .replaceFirst("\\?", "'acme'")
              .replaceFirst("\\?", "'30000'"));
      StringBuilder plan = new StringBuilder();
      try (ResultSet lines = statement.executeQuery("EXPLAIN (COSTS OFF) " + text)) {
        while (lines.next()) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
      return plan.toString();
    }
  }
}
