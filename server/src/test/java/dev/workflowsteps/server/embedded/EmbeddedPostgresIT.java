package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.Phases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresIT {

  private final DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");

  @Test
  void firstStart_inAnEmptyFolder_unpacksAndCreates() {
    List<String> phases = new ArrayList<>();
    DataDirectory empty = new DataDirectory(TestDirectories.empty().resolve("a/b"), "demo");

    try (EmbeddedPostgres server = EmbeddedPostgres.start(empty, "serve", phases::add)) {
      assertThat(server.created()).isTrue();
      assertThat(server.owned()).isTrue();
      assertThat(phases)
          .containsExactly(
              "unpacking PostgreSQL 18.6", "creating the database", "starting PostgreSQL");
    }
  }

  @Test
  void secondStart_keepsTheRows() throws SQLException {
    try (EmbeddedPostgres server = start()) {
      execute(server, "CREATE TABLE t (x int)");
      execute(server, "INSERT INTO t VALUES (42)");
    }
    try (EmbeddedPostgres server = start()) {
      assertThat(server.created()).isFalse();
      assertThat(query(server, "SELECT x FROM t")).isEqualTo("42");
    }
  }

  private EmbeddedPostgres start() {
    return EmbeddedPostgres.start(directory, "serve", Phases.SILENT);
  }

  static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(TestPostgres.url(server));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(TestPostgres.url(server));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
