package dev.workflowsteps.server.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Whether a server takes writes or is a standby, and how far that is behind. */
final class Standby {

  /** A revoked key is to be noticed within a second, and so is anything else. */
  static final Duration MOST_LAG = Duration.ofSeconds(1);

  /**
   * A standby has everything if it is connected and has applied what it received. Otherwise nothing
   * tells how much it lacks but the time of the last transaction that it has.
   */
  static final String STATE =
      """
      SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
        EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)
          AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(),
        pg_last_xact_replay_timestamp()""";

  private static final String IN_RECOVERY = "SELECT pg_is_in_recovery()";

  /**
   * @throws SQLException with the remedy, if the server is a standby
   */
  static void refuse(Connection connection) throws SQLException {
    if (Sql.of(IN_RECOVERY).ask(connection, Rows.only(row -> row.getBoolean(1)))) {
      throw new SQLException(
          "a standby answers, which takes no writes: name the hosts of all servers in"
              + " database-url, with targetServerType=primary, or set allow-standby to read from it",
          SqlFailures.READ_ONLY);
    }
  }

  /**
   * Why the server can't answer calls, with the remedy; empty = it can.
   *
   * @param row of {@link #STATE}
   * @param allowed whether a standby may answer reads
   */
  static Optional<String> problem(ResultSet row, boolean allowed, Instant now) throws SQLException {
    boolean standby = row.getBoolean(1);
    if (standby && allowed) {
      return row.getBoolean(3) ? Optional.empty() : lag(row, now);
    }
    if (standby) {
      return Optional.of("the database has become a standby, which takes no writes");
    }
    return row.getBoolean(2)
        ? Optional.of(
            "the database takes no writes (default_transaction_read_only is on); turn that off")
        : Optional.empty();
  }

  private static Optional<String> lag(ResultSet row, Instant now) throws SQLException {
    OffsetDateTime last = row.getObject(4, OffsetDateTime.class);
    if (last == null) {
      return Optional.of(
          "the standby receives nothing from its primary; check pg_stat_wal_receiver there");
    }
    Duration lag = Duration.between(last.toInstant(), now);
    return lag.compareTo(MOST_LAG) <= 0
        ? Optional.empty()
        : Optional.of(
            "the standby is up to "
                + lag.toSeconds()
                + " s behind its primary; check pg_stat_wal_receiver there");
  }

  private Standby() {}
}
