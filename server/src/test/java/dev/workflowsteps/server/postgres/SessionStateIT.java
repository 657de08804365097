package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.stores.Stores;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Nothing that a call sets on a connection is left there, so that a pooler may give the connection
 * to anybody.
 */
class SessionStateIT {

  /** Everything that SET can change; a setting that never was is the same as an empty one. */
  private static final String STATE =
      "SELECT concat_ws(' ', current_user, session_user, coalesce(current_setting('app.org', true),"
          + " ''), (SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings"
          + " WHERE name <> 'application_name'))";

  @Test
  void connections_areAsBefore_afterPagesCountsWritesKeysAndFailures() throws SQLException {
    try (TestDatabase.Open open = TestDatabase.open()) {
      List<String> before = states(open.database());
      String acme = open.organization("acme");
      Stores stores = open.database().stores();

      new StepRecorder(stores.stepWriter())
          .record(acme, List.of(AStep.named("s").run("r").build()), call());
      new ArtifactRecorder(stores.artifactWriter())
          .record(acme, List.of(AnArtifact.of("a", "r", "s", "1")), call());
      StepLister lister = new StepLister(stores.stepStore(), stores.payloadStore(), 1_000_000);
      PageQuery<StepFilter> first =
          new PageQuery<>(StepFilter.all(acme), Direction.ASCENDING, Optional.empty(), 20);
      assertThat(lister.list(first, call()).rows()).hasSize(1);
      assertThat(lister.count(StepFilter.all(acme), call()).total()).isEqualTo(1);
      stores
          .keyStore()
          .insert(
              new StoredKey(
                  "k",
                  acme,
                  Scope.ALL,
                  new byte[0],
                  Instant.EPOCH,
                  Optional.empty(),
                  Optional.empty()));
      assertThat(stores.keyStore().find("k")).isPresent();
      assertThat(stores.keyStore().revoke(acme, "k", Instant.EPOCH)).isTrue();
      stores.dataDeletion().deleteRun(acme, "r", call());
      assertFailing(open, lister, first);

      assertThat(states(open.database())).isEqualTo(before);
    }
  }

  /** A page and a write that run out of time. */
  private static void assertFailing(
      TestDatabase.Open open, StepLister lister, PageQuery<StepFilter> page) throws SQLException {
    try (Connection locker = open.connectAsWriter()) {
      locker.setAutoCommit(false);
      TestDatabase.execute(locker, "LOCK TABLE step IN ACCESS EXCLUSIVE MODE");
      Duration soon = Duration.ofMillis(300);
      assertThatThrownBy(() -> lister.list(page, Call.within(soon)))
          .isInstanceOf(FailedCallException.class);
      StepRecorder recorder = new StepRecorder(open.database().stores().stepWriter());
      assertThatThrownBy(
              () ->
                  recorder.record(
                      page.filter().organizationId(),
                      List.of(AStep.named("late").build()),
                      Call.within(soon)))
          .isInstanceOf(FailedCallException.class);
    }
  }

  /** Of every connection of every pool. */
  private static List<String> states(Database database) throws SQLException {
    List<String> states = new ArrayList<>();
    for (HikariDataSource pool : database.pools()) {
      List<Connection> all = new ArrayList<>();
      try {
        for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
          all.add(pool.getConnection());
        }
        for (Connection connection : all) {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(STATE)) {
            row.next();
            states.add(row.getString(1));
          }
        }
      } finally {
        for (Connection connection : all) {
          connection.close();
        }
      }
    }
    return states;
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }
}
