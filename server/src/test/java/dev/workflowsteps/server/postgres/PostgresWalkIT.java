package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.WalkContract;
import dev.workflowsteps.server.stores.Stores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresWalkIT extends WalkContract {

  private static TestDatabase.Open open;
  private static Connection writer;

  @BeforeAll
  static void open() throws SQLException {
    open = TestDatabase.open();
    writer = open.connectAsWriter();
  }

  @AfterAll
  static void close() throws SQLException {
    writer.close();
    open.close();
  }

  @Override
  protected int walks() {
    return Boolean.getBoolean("wfs.test.exhaustive") ? 100 : 20;
  }

  @Override
  protected Stores stores() {
    return TestDatabase.stores(open.database());
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
