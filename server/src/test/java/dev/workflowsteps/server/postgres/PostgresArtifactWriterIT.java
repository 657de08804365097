package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.artifacts.ArtifactWriterContract;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresArtifactWriterIT extends ArtifactWriterContract {

  private static TestDatabase.Open database;

  @BeforeAll
  static void open() {
    database = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Override
  protected ArtifactWriter writer() {
    return database.database().artifacts();
  }

  @Override
  protected Optional<byte[]> stored(String organizationId, String artifactId) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT record FROM artifact WHERE organization_id = ? AND artifact_id = ?")) {
      select.setString(1, organizationId);
      select.setString(2, artifactId);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
