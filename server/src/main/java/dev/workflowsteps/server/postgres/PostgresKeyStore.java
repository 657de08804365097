package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.KeyWithLimits;
import dev.workflowsteps.server.auth.ListedKey;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.call.Call;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Keys in PostgreSQL. They have a pool of their own, so that authentication never waits for lists.
 */
final class PostgresKeyStore implements KeyStore {

  /** The only statement without an organization: it returns the organization of a key. */
  static final String FIND =
      """
      SELECT k.key_id, k.organization_id, k.scopes, k.secret_sha256, k.created_at, k.expires_at,
        k.revoked_at, o.requests_per_second, o.bytes_per_second
      FROM api_key k JOIN organization o ON o.organization_id = k.organization_id
      WHERE k.key_id = ?""";

  static final String LIST =
      """
      SELECT k.key_id, k.organization_id, k.scopes, k.secret_sha256, k.created_at, k.expires_at,
        k.revoked_at, u.last_used
      FROM api_key k LEFT JOIN api_key_use u ON u.organization_id = ? AND u.key_id = k.key_id
      WHERE k.organization_id = ?
      ORDER BY k.created_at, k.key_id""";

  static final String INSERT =
      """
      INSERT INTO api_key
        (key_id, organization_id, scopes, secret_sha256, created_at, expires_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)""";

  static final String EXPIRE =
      "UPDATE api_key SET expires_at = ? WHERE organization_id = ? AND key_id = ?";

  static final String REVOKE =
      "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?)"
          + " WHERE organization_id = ? AND key_id = ?";

  static final String SET_LAST_USED =
      """
      INSERT INTO api_key_use (organization_id, key_id, last_used)
      SELECT ?, key_id, ? FROM api_key WHERE organization_id = ? AND key_id = ANY (?)
      ON CONFLICT (key_id) DO UPDATE SET last_used = EXCLUDED.last_used
      WHERE api_key_use.last_used < EXCLUDED.last_used""";

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
  private final WriterSession session;

  private interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  /**
   * @param session writes the last use of keys: no look-up may wait for that
   */
  PostgresKeyStore(DataSource connections, WriterSession session) {
    this.connections = connections;
    this.session = session;
  }

  @Override
  public Optional<KeyWithLimits> find(String keyId) {
    return with(
        FIND,
        statement -> {
          statement.setString(1, keyId);
          try (ResultSet row = rows(statement)) {
            return row.next()
                ? Optional.of(new KeyWithLimits(key(row), limits(row, 8)))
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
  public List<ListedKey> list(String organizationId) {
    return with(
        LIST,
        statement -> {
          statement.setString(1, organizationId);
          statement.setString(2, organizationId);
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
          statement.setArray(3, words(key.scopes(), statement.getConnection()));
          statement.setBytes(4, key.secretSha256());
          statement.setObject(5, utc(key.createdAt()));
          statement.setObject(6, key.expiresAt().map(PostgresKeyStore::utc).orElse(null));
          statement.setObject(7, key.revokedAt().map(PostgresKeyStore::utc).orElse(null));
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

  @Override
  public void setLastUsed(String organizationId, List<String> keyIds, LocalDate day, Call call) {
    String[] ids = keyIds.toArray(String[]::new);
    session.transact(
        call,
        WriterSession.NO_LOCKS,
        transaction ->
            transaction.update(Sql.of(SET_LAST_USED, organizationId, day, organizationId, ids)));
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

  private static List<ListedKey> keys(PreparedStatement statement) throws SQLException {
    List<ListedKey> keys = new ArrayList<>();
    try (ResultSet rows = rows(statement)) {
      while (rows.next()) {
        Optional<LocalDate> lastUsed = Optional.ofNullable(rows.getObject(8, LocalDate.class));
        keys.add(new ListedKey(key(rows), lastUsed));
      }
    }
    return keys;
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    return new StoredKey(
        row.getString(1),
        row.getString(2),
        scopes(row.getArray(3)),
        row.getBytes(4),
        instant(row, 5).orElseThrow(),
        instant(row, 6),
        instant(row, 7));
  }

  private static Array words(Set<Scope> scopes, Connection connection) throws SQLException {
    return connection.createArrayOf("text", scopes.stream().map(Scope::word).toArray());
  }

  /** A later version may know more: they allow nothing here. */
  private static Set<Scope> scopes(Array words) throws SQLException {
    return Stream.of((String[]) words.getArray())
        .map(Scope::of)
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
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
