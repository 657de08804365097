package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.KeyStoreContract;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.embedded.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresKeyStoreIT extends KeyStoreContract {

  private static Database database;

  @BeforeAll
  static void open() {
    database = TestDatabase.migrated();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Override
  protected KeyStore keys() {
    return database.stores().keyStore();
  }

  @Test
  void storageThatIsNotThere_isUnavailable() {
    assertUnavailable(
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/none", Optional.empty(), Optional.empty()));
  }

  /** It lacks columns, no table. */
  @Test
  void storageOfTheVersionBefore_isUnavailable() {
    DatabaseUrl earlier = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());
    EarlierSchemas.migrateTo("3", earlier);

    assertUnavailable(earlier);
  }

  private static void assertUnavailable(DatabaseUrl url) {
    try (Database away = new Database(url, 1, new SimpleMeterRegistry())) {
      assertThatThrownBy(() -> away.stores().keyStore().find("anything"))
          .isInstanceOfSatisfying(
              FailedCallException.class,
              e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE));
    }
  }
}
