package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.StoredKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Keys in PostgreSQL. They have a pool of their own, so that authentication never waits for lists.
 */
final class PostgresKeyStore implements KeyStore {

  /** The only statement without an organization: it returns the organization of a key. */
  static final String FIND =
      """
      SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
      FROM api_key
      WHERE key_id = ?""";

  static final String LIST =
      """
      SELECT key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at
      FROM api_key
      WHERE organization_id = ?
      ORDER BY created_at, key_id""";

  static final String INSERT =
      """
      INSERT INTO api_key
        (key_id, organization_id, secret_sha256, created_at, expires_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?)""";

  static final String EXPIRE =
      "UPDATE api_key SET expires_at = ? WHERE organization_id = ? AND key_id = ?";

  static final String REVOKE =
      "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?)"
          + " WHERE organization_id = ? AND key_id = ?";

  static final String ORGANIZATION = "SELECT 1 FROM organization WHERE organization_id = ?";

  static final String CREATE_ORGANIZATION =
      "INSERT INTO organization (organization_id, created_at) VALUES (?, ?)"
          + " ON CONFLICT (organization_id) DO NOTHING";

  private final DataSource connections;

  private interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  PostgresKeyStore(DataSource connections) {
    this.connections = connections;
  }

  @Override
  public Optional<StoredKey> find(String keyId) {
    return with(
        FIND,
        statement -> {
          statement.setString(1, keyId);
          return keys(statement).stream().findFirst();
        });
  }

  @Override
  public boolean organizationExists(String organizationId) {
    return with(
        ORGANIZATION,
        statement -> {
          statement.setString(1, organizationId);
          try (ResultSet rows = rows(statement)) {
            return rows.next();
          }
        });
  }

  @Override
  public boolean createOrganization(String organizationId, Instant createdAt) {
    return with(
        CREATE_ORGANIZATION,
        statement -> {
          statement.setString(1, organizationId);
          statement.setObject(2, utc(createdAt));
          return update(statement) == 1;
        });
  }

  @Override
  public List<StoredKey> list(String organizationId) {
    return with(
        LIST,
        statement -> {
          statement.setString(1, organizationId);
          return keys(statement);
        });
  }

  @Override
  public void insert(StoredKey key) {
    with(
        INSERT,
        statement -> {
          statement.setString(1, key.keyId());
          statement.setString(2, key.organizationId());
          statement.setBytes(3, key.secretSha256());
          statement.setObject(4, utc(key.createdAt()));
          statement.setObject(5, key.expiresAt().map(PostgresKeyStore::utc).orElse(null));
          statement.setObject(6, key.revokedAt().map(PostgresKeyStore::utc).orElse(null));
          return update(statement);
        });
  }

  @Override
  public boolean expire(String organizationId, String keyId, Instant expiresAt) {
    return end(EXPIRE, organizationId, keyId, expiresAt);
  }

  @Override
  public boolean revoke(String organizationId, String keyId, Instant revokedAt) {
    return end(REVOKE, organizationId, keyId, revokedAt);
  }

  private boolean end(String sql, String organizationId, String keyId, Instant at) {
    return with(
        sql,
        statement -> {
          statement.setObject(1, utc(at));
          statement.setString(2, organizationId);
          statement.setString(3, keyId);
          return update(statement) == 1;
        });
  }

  private static List<StoredKey> keys(PreparedStatement statement) throws SQLException {
    List<StoredKey> keys = new ArrayList<>();
    try (ResultSet rows = rows(statement)) {
      while (rows.next()) {
        keys.add(
            new StoredKey(
                rows.getString(1),
                rows.getString(2),
                rows.getBytes(3),
                instant(rows, 4).orElseThrow(),
                instant(rows, 5),
                instant(rows, 6)));
      }
    }
    return keys;
  }

  private static ResultSet rows(PreparedStatement statement) throws SQLException {
    passSettings(statement);
    return statement.getResultSet();
  }

  private static int update(PreparedStatement statement) throws SQLException {
    passSettings(statement);
    return statement.getUpdateCount();
  }

  private static void passSettings(PreparedStatement statement) throws SQLException {
    statement.execute();
    statement.getMoreResults();
  }

  private <T> T with(String sql, Use<T> use) {
    try (Connection connection = connections.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(TransactionSettings.KEYS + ";\n" + sql)) {
      return use.of(statement);
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Optional<Instant> instant(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
