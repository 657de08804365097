package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.output.ValidateOutput;

/**
 * What a database says of the migrations that it has had: that it fits this program, and that a
 * failure may be tried again.
 */
final class MigrationHistory {

  /**
   * @param checksum as the history has it
   */
  private record Applied(String version, int checksum) {}

  /**
   * Earlier forms of migrations that were rewritten later. The rewritten ones give the same schema,
   * so nothing is left to do. The history stays as it is, because an earlier program that is
   * started again looks for its own checksums.
   */
  private static final Set<Applied> EARLIER_FORMS =
      Set.of(
          // It created the roles too, which needs a right that an owner of tables seldom has.
          new Applied("1", -277503600),
          // It changed all rows in one transaction, and writers waited for its end.
          new Applied("2", -1334640376),
          // It read the table to see whether it has rows, which failed on a distributed one.
          new Applied("5", -2059663529));

  private static final String EXISTS = "SELECT to_regclass('flyway_schema_history') IS NOT NULL";

  private static final String FORGET = "DELETE FROM flyway_schema_history WHERE NOT success";

  /**
   * What was applied and what is missing.
   *
   * @throws StartupException with {@code MIGRATION} if another build made the schema
   */
  static MigrationInfoService known(Flyway flyway) {
    MigrationInfoService info = flyway.info();
    Map<String, Integer> checksums =
        Stream.of(info.applied())
            .filter(done -> done.getVersion() != null && done.getAppliedChecksum() != null)
            .collect(
                Collectors.toMap(
                    done -> done.getVersion().toString(), MigrationInfo::getAppliedChecksum));
    for (ValidateOutput unknown : flyway.validateWithResult().invalidMigrations) {
      Integer checksum = checksums.get(unknown.version);
      if (checksum == null || !EARLIER_FORMS.contains(new Applied(unknown.version, checksum))) {
        throw new StartupException(
            ExitCode.MIGRATION,
            "version "
                + unknown.version
                + " of the schema was made by a build that this program doesn't know ("
                + unknown.errorDetails.errorMessage.strip().lines().findFirst().orElse("")
                + "); export the data with that build, and import them into a new database");
      }
    }
    return info;
  }

  /**
   * Deletes the note that a migration failed, after which Flyway would go no further. There is one
   * only of a {@link LargeMigration}, which may be run again.
   *
   * @return whether there was any
   */
  static boolean forgetFailure(Connection connection) throws SQLException {
    boolean exists = Sql.of(EXISTS).ask(connection, Rows.only(row -> row.getBoolean(1)));
    return exists && Sql.of(FORGET).update(connection) > 0;
  }

  private MigrationHistory() {}
}
