package dev.workflowsteps.server.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.SortBy;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredStep;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A server of the previous version on the schema of this one: what it sends over each of its
 * connections, kept as test resources, before and after a server of this version has written.
 */
class PreviousVersionIT {

  private final DatabaseUrl url = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());

  @Test
  void previousServer_readsAndWrites_alsoWhatThisOneWrote() throws Exception {
    EarlierSchemas.migrateTo("4", url);
    new Migrations(url).migrate(Optional.empty());
    send("keys.sql");
    try (Database database = new Database(url, 1, new SimpleMeterRegistry())) {
      // Its keys allow everything here too.
      assertThat(database.stores().keyStore().find("previous").orElseThrow().key().scopes())
          .isEqualTo(Scope.ALL);
      write(database);

      send("writing.sql");
      send("reading.sql");

      assertThat(scan(database, SortBy.STARTED_AT))
          .extracting(step -> step.position().stepId() + " of " + step.position().runId())
          .containsExactly("s1 of r", "s1 of other", "s3 of r", "s2 of r");
      assertThatThrownBy(() -> scan(database, SortBy.ENDED_AT))
          .isInstanceOf(FailedCallException.class);
      // It has changed s1 of r, and s2 is new.
      assertThat(new Migrations(url).migrate(Optional.empty()).filled()).isEqualTo(2);
      assertThat(scan(database, SortBy.ENDED_AT)).hasSize(4);
    }
  }

  private static List<StoredStep> scan(Database database, SortBy sortBy) {
    Scan<StepFilter, StepPosition> all =
        new Scan<>(
            StepFilter.all("acme").withSortBy(sortBy),
            Direction.ASCENDING,
            Optional.empty(),
            9,
            Long.MAX_VALUE);
    return database.stores().stepStore().scan(all, call());
  }

  private static void write(Database database) {
    StepRecorder recorder = new StepRecorder(database.stores().stepWriter());
    recorder.record(
        "acme",
        List.of(
            AStep.named("s1").run("r").status("queued").build(),
            AStep.named("s3").run("r").status("completed").build(),
            AStep.named("s1").run("other").status("completed").build()),
        call());
    database
        .stores()
        .artifactWriter()
        .write("acme", List.of(AnArtifact.of("a3", "r", "s3", "this")), call());
  }

  /** Each part is one round trip, and so one transaction unless it begins or ends one. */
  private void send(String file) throws IOException, SQLException {
    try (Connection connection = AsOwner.connect(url);
        Statement statement = connection.createStatement()) {
      for (String part : text(file).split("(?m)^-- ")) {
        if (!part.isEmpty()) {
          String name = part.substring(0, part.indexOf('\n'));
          int rows = lastRows(statement, part.substring(part.indexOf('\n')));
          if (name.contains(", rows ")) {
            assertThat(rows).as(name).isEqualTo(Integer.parseInt(name.split(", rows ")[1]));
          }
        }
      }
    }
  }

  /** How many rows the last of the statements gave. */
  private static int lastRows(Statement statement, String sql) throws SQLException {
    int rows = 0;
    boolean hasRows = statement.execute(sql);
    while (hasRows || statement.getUpdateCount() >= 0) {
      rows = 0;
      if (hasRows) {
        ResultSet result = statement.getResultSet();
        while (result.next()) {
          rows++;
        }
      }
      hasRows = statement.getMoreResults();
    }
    return rows;
  }

  private static String text(String file) throws IOException {
    try (InputStream in = PreviousVersionIT.class.getResourceAsStream("previous/" + file)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(1));
  }
}
