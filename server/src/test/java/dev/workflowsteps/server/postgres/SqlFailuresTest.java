package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.SQLExceptionOverride;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

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
          .isInstanceOf(FailedCallException.class)
          .hasMessageContaining("127.0.0.1:1 refused")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(POOL_WORDS));
    }
  }

  @Test
  void unknownHost_isNamed() {
    try (Database database = database("postgresql://u@nowhere.invalid/steps")) {
      assertThat(database.problem().orElseThrow())
          .isEqualTo(
              "the database can't be reached (unknown host nowhere.invalid); check that it runs and"
                  + " that database-url is right");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "28P01, refuses the login, check database-user",
    "28000, refuses the login, check database-user",
    "08004, refuses the login, check database-user",
    "3D000, does not exist, create it",
  })
  void whyThereIsNoConnection_isSaid_withTheRemedy(String state, String problem, String remedy) {
    PSQLException answer = answer("FATAL", state, "why");

    assertThat(SqlFailures.unreachable(new IllegalStateException(answer)))
        .startsWith("the database " + problem + " (FATAL: why); " + remedy);
    assertThat(SqlFailures.unreachable(answer("FATAL", "57P03", "starting up")))
        .isEqualTo(
            "the database can't be reached (FATAL: starting up); check that it runs and that"
                + " database-url is right");
  }

  /** The driver says it with the SQLSTATE of a login that is refused. */
  @Test
  void serverWithoutSsl_refusesNoLogin() {
    PSQLException noSsl =
        new PSQLException("The server does not support SSL.", PSQLState.CONNECTION_REJECTED);

    assertThat(SqlFailures.unreachable(noSsl))
        .isEqualTo(
            "the database can't be reached (The server does not support SSL.); switch its ssl on,"
                + " or change sslmode in database-url");
  }

  @Test
  void unreachableDatabase_ofAMigration_namesItsSetting() {
    DatabaseUrl away = url("postgresql://u@127.0.0.1:1/steps");

    assertThatThrownBy(() -> new Migrations(away).migrate(Optional.empty()))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATABASE))
        .hasMessageContaining("127.0.0.1:1 refused")
        .hasMessageEndingWith(
            "; check that it runs and that migration-database-url (or without it database-url) is"
                + " right");
  }

  private static Database database(String text) {
    return new Database(url(text), 1, new SimpleMeterRegistry());
  }

  private static DatabaseUrl url(String text) {
    return Settings.load(Map.of("database-url", text), Map.of()).database().orElseThrow();
  }

  /** A coordinator of Citus tells of its worker, and its own connections are as good as before. */
  @Test
  void lossOfAnotherServer_costsNoConnection() {
    AtomicInteger replaced = new AtomicInteger();
    Eviction eviction = new Eviction(false, replaced::incrementAndGet);

    for (PSQLException lost :
        List.of(
            answer("ERROR", "08006", "connection lost"),
            answer("ERROR", "57P01", "terminating connection"),
            answer("ERROR", "XX000", "failure on connection marked as essential: w1:5432"))) {
      assertThat(eviction.adjudicate(lost)).isEqualTo(SQLExceptionOverride.Override.DO_NOT_EVICT);
      assertThat(SqlFailures.of(lost))
          .isInstanceOfSatisfying(
              FailedCallException.class,
              e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE));
    }
    assertThat(replaced).hasValue(0);

    assertThat(eviction.adjudicate(answer("FATAL", "57P01", "terminating connection")))
        .isEqualTo(SQLExceptionOverride.Override.MUST_EVICT);
    assertThat(replaced).hasValue(1);
    assertThat(eviction.adjudicate(new SQLException("broken pipe", "08006")))
        .isEqualTo(SQLExceptionOverride.Override.CONTINUE_EVICT);
  }

  private static PSQLException answer(String severity, String state, String message) {
    return new PSQLException(
        new ServerErrorMessage("S" + severity + "\0C" + state + "\0M" + message + "\0"));
  }
}
