package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.OrganizationSize;
import dev.workflowsteps.server.steps.OrganizationSizes;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Sizes of organizations in PostgreSQL. Rows are counted in the index of the primary key; sizes are
 * read from the first rows in the order of that key.
 */
final class PostgresOrganizationSizes implements OrganizationSizes {

  static final String SIZE =
      """
      SELECT
        (SELECT count(*) FROM (
          SELECT 1 FROM step WHERE organization_id = ?
          ORDER BY run_id, step_id LIMIT %1$d) AS counted),
        (SELECT count(*) FROM (
          SELECT 1 FROM artifact WHERE organization_id = ?
          ORDER BY artifact_id LIMIT %1$d) AS counted),
        (SELECT coalesce(sum(bytes), 0) FROM (
          SELECT %3$s AS bytes
          FROM step WHERE organization_id = ?
          ORDER BY run_id, step_id LIMIT %2$d) AS measured),
        (SELECT coalesce(sum(bytes), 0) FROM (
          SELECT octet_length(record) AS bytes FROM artifact WHERE organization_id = ?
          ORDER BY artifact_id LIMIT %2$d) AS measured)"""
          .formatted(
              OrganizationSize.MOST_COUNTED, OrganizationSize.MOST_MEASURED, SelectStepPage.SIZE);

  private final ReaderSession session;

  PostgresOrganizationSizes(ReaderSession session) {
    this.session = session;
  }

  @Override
  public OrganizationSize of(String organizationId, Call call) {
    return session.count(
        organizationId,
        Sql.of(SIZE, organizationId, organizationId, organizationId, organizationId),
        Rows.only(PostgresOrganizationSizes::size),
        call);
  }

  private static OrganizationSize size(ResultSet row) throws SQLException {
    long steps = row.getLong(1);
    long artifacts = row.getLong(2);
    long bytes = bytes(steps, row.getLong(3)) + bytes(artifacts, row.getLong(4));
    return new OrganizationSize(steps, artifacts, bytes);
  }

  /** Of all rows, from those of the rows that were measured. */
  private static long bytes(long rows, long measured) {
    return rows <= OrganizationSize.MOST_MEASURED
        ? measured
        : Math.round((double) measured / OrganizationSize.MOST_MEASURED * rows);
  }
}
