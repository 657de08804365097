package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.steps.StepsException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of a database that can't be reached: its cause, and nothing of pools. */
class SqlFailuresTest {

  private static final String[] POOL_WORDS = {
    "Connection is not available", "timed out after", "keys -", "Unable to obtain", "pool"
  };

  @Test
  void unreachableDatabase_isToldWithTheDriversCause() {
    try (Database database = database("postgresql://u@127.0.0.1:1/steps")) {
      assertThat(database.problem().orElseThrow())
          .contains("127.0.0.1:1 refused")
          .doesNotContain(POOL_WORDS);
      assertThatThrownBy(() -> database.stores().keyStore().list("acme"))
          .isInstanceOf(StepsException.class)
          .hasMessageContaining("127.0.0.1:1 refused")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(POOL_WORDS));
    }
  }

  @Test
  void unknownHost_isNamed() {
    try (Database database = database("postgresql://u@nowhere.invalid/steps")) {
      assertThat(database.problem().orElseThrow())
          .isEqualTo("the database can't be reached (unknown host nowhere.invalid)");
    }
  }

  @Test
  void poolWithoutAFreeConnection_saysSo() {
    assertThat(
            SqlFailures.cause(
                new SQLTransientConnectionException("keys - Connection is not available")))
        .isEqualTo("all connections are in use");
  }

  private static Database database(String text) {
    DatabaseUrl url =
        Settings.load(Map.of("database-url", text), Map.of()).database().orElseThrow();
    return new Database(url, 1, new SimpleMeterRegistry());
  }
}
