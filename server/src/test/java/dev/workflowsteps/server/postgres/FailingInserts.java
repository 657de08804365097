package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Makes the database refuse steps of one organization for a while, as it does to end a conflict.
 */
final class FailingInserts implements AutoCloseable {

  /** A sequence counts also what is rolled back. */
  private static final String BEGIN =
      """
      CREATE SEQUENCE failing_insert;
      CREATE FUNCTION fail_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF nextval('failing_insert') < 0 THEN
          RAISE 'as if by a conflict' USING ERRCODE = '%s';
        END IF;
        RETURN new;
      END
      $$;
      CREATE TRIGGER fail_insert BEFORE INSERT ON step
        FOR EACH ROW WHEN (new.organization_id = '%s') EXECUTE FUNCTION fail_insert()""";

  private static final String END =
      "DROP TRIGGER fail_insert ON step; DROP FUNCTION fail_insert; DROP SEQUENCE failing_insert";

  private final Connection connection;

  FailingInserts(Connection connection, String organization, String sqlState) throws SQLException {
    this.connection = connection;
    execute(String.format(BEGIN, sqlState, organization));
  }

  /** Refuses so many, and takes those that follow. */
  void failNext(int times) throws SQLException {
    execute("ALTER SEQUENCE failing_insert MINVALUE " + -(times + 1) + " RESTART WITH " + -times);
  }

  @Override
  public void close() throws SQLException {
    execute(END);
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
