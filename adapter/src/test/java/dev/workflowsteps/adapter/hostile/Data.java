package dev.workflowsteps.adapter.hostile;

import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.StoredSchema;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A database of organizations, each with one run. Reads can be delayed by so long a sleep in
 * PostgreSQL: as a slow statement it holds its connection, can be cancelled, and costs no CPU.
 */
final class Data implements AutoCloseable {

  /** The run of each organization. */
  static final String RUN = "run-1";

  /**
   * Every read sets the organization first, by set_config, which PostgreSQL finds here before it
   * finds its own.
   */
  private static final String DELAYING =
      """
      CREATE TABLE delay (organization text PRIMARY KEY, seconds float8);
      GRANT SELECT ON delay TO PUBLIC;
      CREATE FUNCTION set_config(name text, value text, is_local boolean) RETURNS text
      LANGUAGE plpgsql AS $$ BEGIN
        IF name = 'app.org' THEN
          PERFORM pg_sleep((SELECT seconds FROM delay WHERE organization = value));
        END IF;
        RETURN pg_catalog.set_config(name, value, is_local);
      END $$;
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
      END $$""";

  private static final String OTHER_CONNECTIONS =
      """
      FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()""";

  private final String url;
  private final Settings settings;
  private final Connection connection;

  private final CpuTimes cpuTimes = new CpuTimes();

  private boolean delaying;

  Data() throws SQLException {
    url = TestPostgres.freshDatabaseUrl();
    settings = Settings.load(Map.of("database-url", url), Map.of());
    synchronized (Data.class) { // The roles are those of all databases.
      new StoredSchema().migrate(settings, false, ProgressListener.NONE);
    }
    connection = DriverManager.getConnection(url);
  }

  String url() {
    return url;
  }

  /**
   * Creates an organization.
   *
   * @param stepBytes the payload of each
   * @return its key
   */
  String organization(String name, int steps, int stepBytes) throws Exception {
    try (StoredData data =
        StoredData.command(settings, false, "an experiment", ProgressListener.NONE)) {
      KeyService keys = new KeyService(data.stores().keyStore(), Clock.systemUTC());
      keys.ensureOrganization(name, true);
      StringBuilder lines = new StringBuilder();
      for (int step = 0; step < steps; step++) {
        lines.append(line(step, stepBytes)).append('\n');
      }
      new Importer<>(StepReader::new, new StepRecorder(data.stores().stepWriter())::record)
          .run(
              name,
              new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)),
              new Strict());
      return keys.create(name, Scope.ALL, Optional.empty()).text();
    }
  }

  /** The key of a new organization whose reads take so much longer. */
  String delayed(String name, Duration delay) throws Exception {
    String key = organization(name, 20, 500);
    delay(name, delay);
    return key;
  }

  /**
   * Each read of that organization takes so much longer from its next on. The first delay has to
   * come before a server: a connection finds functions where it did when it began.
   */
  void delay(String organization, Duration delay) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!delaying) {
        // Those that have just been closed still end.
        await("connections that would not be delayed")
            .until(() -> number("SELECT count(*) " + OTHER_CONNECTIONS) == 0);
        statement.execute(DELAYING);
        delaying = true;
      }
      statement.execute(
          "INSERT INTO delay VALUES ('%s', %f) ON CONFLICT (organization) DO UPDATE SET seconds = excluded.seconds"
              .formatted(organization, delay.toMillis() / 1e3));
    }
  }

  /** What PostgreSQL took for the connections of others, if it was asked while they lived. */
  Duration cpu() throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pid " + OTHER_CONNECTIONS)) {
      while (row.next()) {
        cpuTimes.look(Path.of("/proc", row.getString(1)));
      }
    }
    return cpuTimes.sum();
  }

  /** How many sessions were begun in this database so far. */
  long sessions() throws SQLException {
    return number("SELECT sessions FROM pg_stat_database WHERE datname = current_database()");
  }

  /** How many statements of others run now. */
  long runningStatements() throws SQLException {
    return number(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND state <> 'idle' AND pid <> pg_backend_pid()");
  }

  /** All rows of all tables, as text. */
  String everyRow() throws SQLException {
    StringBuilder rows = new StringBuilder();
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      // The owner sees no rows.
      statement.execute("SET ROLE workflow_steps_writer");
      try (ResultSet table =
          statement.executeQuery(
              "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                  + " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')")) {
        while (table.next()) {
          tables.add(table.getString(1));
        }
      }
      for (String table : tables) {
        try (ResultSet row = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
          while (row.next()) {
            rows.append(row.getString(1)).append('\n');
          }
        }
      }
      statement.execute("RESET ROLE");
    }
    return rows.toString();
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static String line(int step, int bytes) {
    return """
    {"run_id":"%s","block_id":"parse","step_id":"step-%05d","block_type":"parse",\
    "block_label":"Parse","lifecycle":{"status":"completed"},\
    "started_at":"2026-03-12T09:00:00Z","handle_outputs":{"o":{"type":"json","data":"%s"}}}"""
        .formatted(RUN, step, "x".repeat(bytes));
  }

  private record Strict() implements ImportListener {

    @Override
    public void rejected(long line, Rejection rejection) {
      throw new IllegalStateException(rejection.sentence());
    }

    @Override
    public void progress(ImportCounts counts, long bytes) {}
  }
}
