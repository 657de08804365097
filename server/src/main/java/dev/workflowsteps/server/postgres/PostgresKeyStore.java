package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.KeyWithLimits;
import dev.workflowsteps.server.auth.ListedKey;
import dev.workflowsteps.server.auth.Organization;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.call.Call;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
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

  /** Without an organization: it returns the organization of a key. */
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

  /** Of all organizations; each counts its own keys. */
  static final String ORGANIZATIONS =
      """
      SELECT o.organization_id, o.created_at,
        (SELECT count(*) FROM api_key k WHERE k.organization_id = o.organization_id)
      FROM organization o WHERE o.organization_id > ?
      ORDER BY o.organization_id LIMIT ?""";

  static final String LIMITS =
      "SELECT requests_per_second, bytes_per_second FROM organization WHERE organization_id = ?";

  static final String LIMIT =
      "UPDATE organization SET requests_per_second = ?, bytes_per_second = ?"
          + " WHERE organization_id = ?";

  private final DataSource connections;
  private final WriterSession session;

  /**
   * @param session writes the last use of keys: no look-up may wait for that
   */
  PostgresKeyStore(DataSource connections, WriterSession session) {
    this.connections = connections;
    this.session = session;
  }

  @Override
  public Optional<KeyWithLimits> find(String keyId) {
    return ask(Sql.of(FIND, keyId), Rows.first(row -> new KeyWithLimits(key(row), limits(row, 8))));
  }

  @Override
  public boolean organizationExists(String organizationId) {
    return ask(Sql.of(ORGANIZATION, organizationId), ResultSet::next);
  }

  @Override
  public boolean createOrganization(String organizationId, Instant createdAt) {
    return update(Sql.of(CREATE_ORGANIZATION, organizationId, createdAt)) == 1;
  }

  @Override
  public List<Organization> organizations(String after, int limit) {
    return ask(
        Sql.of(ORGANIZATIONS, after, limit),
        Rows.each(
            row ->
                new Organization(row.getString(1), instant(row, 2).orElseThrow(), row.getLong(3))));
  }

  @Override
  public Optional<OrganizationLimits> limits(String organizationId) {
    return ask(Sql.of(LIMITS, organizationId), Rows.first(row -> limits(row, 1)));
  }

  @Override
  public boolean limit(String organizationId, OrganizationLimits limits) {
    return update(
            Sql.of(LIMIT, limits.requestsPerSecond(), limits.bytesPerSecond(), organizationId))
        == 1;
  }

  @Override
  public List<ListedKey> list(String organizationId) {
    return ask(
        Sql.of(LIST, organizationId, organizationId),
        Rows.each(
            row ->
                new ListedKey(key(row), Optional.ofNullable(row.getObject(8, LocalDate.class)))));
  }

  @Override
  public void insert(StoredKey key) {
    update(
        Sql.of(
            INSERT,
            key.keyId(),
            key.organizationId(),
            Sql.texts(key.scopes(), Scope::word),
            key.secretSha256(),
            key.createdAt(),
            key.expiresAt(),
            key.revokedAt()));
  }

  @Override
  public boolean expire(String organizationId, String keyId, Instant expiresAt) {
    return update(Sql.of(EXPIRE, expiresAt, organizationId, keyId)) == 1;
  }

  @Override
  public boolean revoke(String organizationId, String keyId, Instant revokedAt) {
    return update(Sql.of(REVOKE, revokedAt, organizationId, keyId)) == 1;
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

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private <T> T ask(Sql sql, Rows<T> rows) {
    return run(sql, statement -> rows.read(statement.getResultSet()));
  }

  private int update(Sql sql) {
    return run(sql, Statement::getUpdateCount);
  }

  private interface Result<T> {
    T of(Statement statement) throws SQLException;
  }

  /** In the same round trip as the settings, whose result comes first. */
  private <T> T run(Sql sql, Result<T> result) {
    try (Connection connection = connections.getConnection();
        PreparedStatement statement =
            Sql.of(TransactionSettings.KEYS + ";\n").add(sql).prepare(connection)) {
      statement.execute();
      statement.getMoreResults();
      return result.of(statement);
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }
}
