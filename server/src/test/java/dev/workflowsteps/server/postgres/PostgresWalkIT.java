package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;
import dev.workflowsteps.server.steps.WalkContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresWalkIT extends WalkContract {

  private static Database database;
  private static Connection writer;

  @BeforeAll
  static void open() throws SQLException {
    DatabaseUrl url = TestDatabase.url();
    new Migrations(url).migrate(Optional.empty());
    database = new Database(url, 4, new SimpleMeterRegistry());
    writer =
        DriverManager.getConnection(
            url.jdbcUrl(),
            url.user().orElseThrow(),
            url.password().map(Secret::value).orElse(null));
    try (Statement statement = writer.createStatement()) {
      statement.execute("SET ROLE workflow_steps_writer");
    }
  }

  @AfterAll
  static void close() throws SQLException {
    writer.close();
    database.close();
  }

  @Override
  protected StepStore store() {
    return database.steps();
  }

  @Override
  protected PayloadStore payloads() {
    return database.payloads();
  }

  @Override
  protected StepWriter writer() {
    return database.writer();
  }

  @Override
  protected void delete(String organizationId, StepKey key) {
    String delete = "DELETE FROM step WHERE organization_id = ? AND run_id = ? AND step_id = ?";
    try (PreparedStatement statement = writer.prepareStatement(delete)) {
      statement.setString(1, organizationId);
      statement.setString(2, key.runId());
      statement.setString(3, key.stepId());
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
