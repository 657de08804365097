package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.migration.JavaMigration;

/** Migrates the schema to this version, and says whether it is. */
public final class Migrations {

  /**
   * The login may have time limits. A backend whose client was killed notices within a second, and
   * does not go on building an index; one whose client vanished, within a minute.
   */
  private static final String SESSION =
      LockRetries.LOCK_TIMEOUT
          + "; SET statement_timeout = 0; SET idle_session_timeout = 0;"
          + " SET client_connection_check_interval = '1s'; SET tcp_keepalives_idle = 30;"
          + " SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

  /** Not waited for in the statement: an index that is built concurrently would wait for it. */
  private static final String LOCK = "SELECT pg_try_advisory_lock(2003202867, 0)";

  private static final long LOCK_PAUSE_MILLIS = 500;

  private static final String NAME = "migrations";

  private final DatabaseUrl url;
  private final LoginDataSource source;
  private final LoginDataSource impatient;
  private final ProgressListener progress;
  private final FillEndedAt fillEndedAt;
  private final List<LargeMigration> large;

  /**
   * What {@link #migrate} did.
   *
   * @param applied the number of migrations that were missing
   * @param version of the schema now
   * @param filled the number of steps whose {@code ended_at} was missing
   * @param left the number of those where it is missing still, because a server of an earlier
   *     version wrote them meanwhile
   */
  public record Done(int applied, String version, long filled, long left) {}

  public Migrations(DatabaseUrl url) {
    this(url, ProgressListener.NONE);
  }

  /**
   * @param url with a login that may change the schema, if {@link #migrate} is to be called
   * @param progress is told what {@link #migrate} does
   */
  public Migrations(DatabaseUrl url, ProgressListener progress) {
    this(url, progress, List.of());
  }

  /**
   * @param more migrations, of tests
   */
  Migrations(DatabaseUrl url, ProgressListener progress, List<LargeMigration> more) {
    this.url = url;
    this.progress = progress;
    fillEndedAt = new FillEndedAt(progress);
    large = Stream.of(large(fillEndedAt, progress), more).flatMap(List::stream).toList();
    // One connection is idle while another migrates.
    source = new LoginDataSource(url, NAME).with("tcpKeepAlive", "true");
    // Of several hosts one may hang: then another is tried. The URL may ask for patience, which a
    // check that is repeated has not.
    impatient =
        new LoginDataSource(url.with("connectTimeout", "2").with("socketTimeout", "5"), NAME);
  }

  /** Those that db/migration doesn't hold, because each takes many transactions. */
  static List<LargeMigration> large(FillEndedAt fillEndedAt, ProgressListener progress) {
    return Stream.of(
            List.of(RecordsWithoutSteps.migration(progress), fillEndedAt),
            StepIndexes.migrations(progress))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Creates the roles and applies the migrations that are missing. Waits for another process that
   * does the same.
   *
   * @param user the login of the servers, which is granted the roles they use; absent = the login
   *     that migrates
   * @throws StartupException with {@code DATABASE} if it can't be reached, {@code CONFIGURATION} if
   *     it is of the wrong kind, {@code MIGRATION} if a migration fails
   */
  public Done migrate(Optional<String> user) {
    return migrate(user, false);
  }

  /**
   * As {@link #migrate}, and distributes the tables over the workers of a Citus cluster. Once they
   * are, {@link #migrate} does so with new ones.
   *
   * @throws StartupException as {@link #migrate}; {@code CONFIGURATION} also if the database is not
   *     that of a coordinator
   */
  public Done distribute(Optional<String> user) {
    return migrate(user, true);
  }

  private Done migrate(Optional<String> user, boolean distribute) {
    try (Connection connection = connect()) {
      DatabaseRequirements.check(connection);
      if (distribute) {
        Citus.require(connection);
      }
      Sql.of(SESSION).run(connection);
      lock(connection);
      progress.begin("migrating the schema");
      Privileges privileges = new Privileges(connection, user);
      privileges.ensure();
      MigrationHistory.forgetFailure(connection);
      Flyway flyway = flyway(source, SESSION);
      MigrationInfoService before = MigrationHistory.known(flyway);
      boolean missing = isAnyMissing(before);
      long filledBefore = fillEndedAt.filled();
      if (missing) {
        LockRetries.run(() -> migrate(flyway, connection));
      }
      privileges.grantHistory();
      if (distribute || Citus.isDistributed(connection)) {
        LockRetries.run(() -> distribute(connection));
      }
      long left = fillEndedAt.fill(connection) ? FillEndedAt.left(connection) : 0;
      MigrationInfoService after = missing ? flyway.info() : before;
      return new Done(
          after.applied().length - before.applied().length,
          after.current().getVersion().toString(),
          fillEndedAt.filled() - filledBefore,
          left);
    } catch (SQLException | FlywayException e) {
      throw failed(e);
    }
  }

  /**
   * What an administrator has to run before {@link #migrate} can succeed, as a script for psql.
   *
   * @param user as for {@link #migrate}
   * @throws StartupException as {@link #migrate}
   */
  public String administratorScript(Optional<String> user) {
    try (Connection connection = connect()) {
      DatabaseRequirements.check(connection);
      return new Privileges(connection, user).script();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Why servers can't use the schema, with the remedy; empty = they can. */
  public Optional<String> problem() {
    try {
      Optional<String> noSchema = schemaProblem();
      return noSchema.isPresent() ? noSchema : versionProblem();
    } catch (SQLException | FlywayException e) {
      return Optional.of(
          SqlFailures.isPrivilege(e)
              ? "the login has no right to read the schema's version ("
                  + SqlFailures.cause(e)
                  + "); run workflow-steps migrate with this database-url"
              : SqlFailures.unreachable(e));
    }
  }

  private Optional<String> schemaProblem() throws SQLException {
    try (Connection connection = impatient.getConnection()) {
      return DatabaseRequirements.schemaProblem(connection);
    }
  }

  private Optional<String> versionProblem() {
    // The session stays as it is: behind a pooler it would be another's next.
    MigrationInfoService info = flyway(impatient, "").info();
    MigrationInfo current = info.current();
    if (current == null) {
      return Optional.of("the database has no schema yet; run workflow-steps migrate");
    }
    return isAnyMissing(info)
        ? Optional.of(
            "the schema has version "
                + current.getVersion()
                + ", older than this program; run workflow-steps migrate")
        : Optional.empty();
  }

  private static boolean isAnyMissing(MigrationInfoService info) {
    return Stream.of(info.all())
        .map(MigrationInfo::getState)
        .anyMatch(state -> state == MigrationState.PENDING || state == MigrationState.FAILED);
  }

  private Connection connect() {
    try {
      return source.getConnection();
    } catch (SQLException e) {
      throw new StartupException(
          ExitCode.DATABASE,
          url
              + ": "
              + SqlFailures.unreachable(e, "migration-database-url (or without it database-url)"),
          e);
    }
  }

  /** Held until the connection is closed. */
  private void lock(Connection connection) throws SQLException {
    if (!tryLock(connection)) {
      progress.begin("waiting until another migration of this database ends");
      while (!tryLock(connection)) {
        pause();
      }
    }
  }

  private static boolean tryLock(Connection connection) throws SQLException {
    return Sql.of(LOCK).ask(connection, Rows.only(row -> row.getBoolean(1)));
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOCK_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException(
          ExitCode.MIGRATION, "interrupted while another migration ran; run this again", e);
    }
  }

  private Flyway flyway(LoginDataSource source, String session) {
    return Flyway.configure()
        .dataSource(source)
        .locations("classpath:db/migration")
        .javaMigrations(large.toArray(JavaMigration[]::new))
        .initSql(session)
        .validateMigrationNaming(true)
        // MigrationHistory does it, and knows earlier forms.
        .validateOnMigrate(false)
        .ignoreMigrationPatterns("*:pending", "*:future")
        // The lock of a transaction would be open for as long as an index is built.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load();
  }

  private static Void migrate(Flyway flyway, Connection connection) throws SQLException {
    try {
      flyway.migrate();
      return null;
    } catch (FlywayException e) {
      if (MigrationHistory.forgetFailure(connection)) {
        // Not one transaction, and it waited long enough for its locks itself.
        throw failed(e);
      }
      throw e;
    }
  }

  private Void distribute(Connection connection) throws SQLException {
    Citus.distribute(connection, progress);
    return null;
  }

  private static StartupException failed(Exception e) {
    return new StartupException(
        ExitCode.MIGRATION, "the migration failed (" + SqlFailures.cause(e) + "). " + remedy(e), e);
  }

  private static String remedy(Exception e) {
    String again = ", then run workflow-steps migrate again: it goes on where it stopped";
    if (SqlFailures.isPrivilege(e)) {
      return "Have an administrator run what workflow-steps migrate --print prints" + again;
    }
    if (LockRetries.isLocked(e)) {
      return "Another session holds a lock for long; find it in pg_stat_activity and end it"
          + again;
    }
    return "Fix the cause" + again;
  }
}
