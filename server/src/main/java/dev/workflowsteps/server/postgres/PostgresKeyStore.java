package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.KeyWithLimits;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.StoredKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * Keys in PostgreSQL. They have a pool of their own, so that authentication never waits for lists.
 */
final class PostgresKeyStore implements KeyStore {

  /** The only statement without an organization: it returns the organization of a key. */
  static final String FIND =
      """
      SELECT k.key_id, k.organization_id, k.secret_sha256, k.created_at, k.expires_at, k.revoked_at,
        o.requests_per_second, o.bytes_per_second
      FROM api_key k JOIN organization o ON o.organization_id = k.organization_id
      WHERE k.key_id = ?""";

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

  static final String LIMITS =
      "SELECT requests_per_second, bytes_per_second FROM organization WHERE organization_id = ?";

  static final String LIMIT =
      "UPDATE organization SET requests_per_second = ?, bytes_per_second = ?"
          + " WHERE organization_id = ?";

  private final DataSource connections;

  private interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  PostgresKeyStore(DataSource connections) {
    this.connections = connections;
  }

  @Override
  public Optional<KeyWithLimits> find(String keyId) {
    return with(
        FIND,
        statement -> {
          statement.setString(1, keyId);
          try (ResultSet row = rows(statement)) {
            return row.next()
                ? Optional.of(new KeyWithLimits(key(row), limits(row, 7)))
                : Optional.empty();
          }
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
  public Optional<OrganizationLimits> limits(String organizationId) {
    return with(
        LIMITS,
        statement -> {
          statement.setString(1, organizationId);
          try (ResultSet row = rows(statement)) {
            return row.next() ? Optional.of(limits(row, 1)) : Optional.empty();
          }
        });
  }

  @Override
  public boolean limit(String organizationId, OrganizationLimits limits) {
    return with(
        LIMIT,
        statement -> {
          setLong(statement, 1, limits.requestsPerSecond());
          setLong(statement, 2, limits.bytesPerSecond());
          statement.setString(3, organizationId);
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
        keys.add(key(rows));
      }
    }
    return keys;
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    return new StoredKey(
        row.getString(1),
        row.getString(2),
        row.getBytes(3),
        instant(row, 4).orElseThrow(),
        instant(row, 5),
        instant(row, 6));
  }

  /** From that column and the next. */
  private static OrganizationLimits limits(ResultSet row, int column) throws SQLException {
    return new OrganizationLimits(number(row, column), number(row, column + 1));
  }

  private static OptionalLong number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static void setLong(PreparedStatement statement, int index, OptionalLong number)
      throws SQLException {
    if (number.isPresent()) {
      statement.setLong(index, number.getAsLong());
    } else {
      statement.setNull(index, Types.BIGINT);
    }
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
