package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import org.flywaydb.core.Flyway;

/**
 * Databases as earlier programs left them: the test resources hold each migration as it was when
 * databases were migrated with it.
 */
final class EarlierSchemas {

  /** What programs note of the migrations, but for times. */
  static final String HISTORY =
      """
      SELECT string_agg(concat_ws(' ', version, description, type, checksum, success), E'\\n'
        ORDER BY installed_rank)
      FROM flyway_schema_history""";

  static void migrateTo(String version, DatabaseUrl url) {
    Flyway.configure()
        .dataSource(
            url.jdbcUrl(), url.user().orElseThrow(), url.password().map(Secret::value).orElse(""))
        .locations("classpath:dev/workflowsteps/server/postgres/earlier")
        .target(version)
        .load()
        .migrate();
  }

  private EarlierSchemas() {}
}
