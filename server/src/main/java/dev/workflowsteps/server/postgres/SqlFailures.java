package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.postgresql.util.PSQLException;

/**
 * Turns SQL exceptions into the exceptions of the stores, by SQLSTATE only: messages and names of
 * constraints differ between servers. Only {@link #unreachable} reads a message of the driver.
 */
final class SqlFailures {

  private static final String QUERY_CANCELED = "57014";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final Set<String> WORTH_A_RETRY = Set.of("40001", "40P01");

  /**
   * No table, column, schema or role, or no right to it: not migrated yet, or not for this login.
   */
  private static final Set<String> NO_SCHEMA_OR_RIGHT =
      Set.of("42P01", "42703", "3F000", "22023", "42501");

  static final String READ_ONLY = "25006";

  /** The driver has no password, none that the server takes, or no TLS, though it is to use it. */
  private static final String REJECTED = "08004";

  private static final String NO_SUCH_DATABASE = "3D000";

  /** The server shuts down, crashed, or does not accept connections yet. */
  private static final Set<String> STOPPING = Set.of("57P01", "57P02", "57P03");

  /** No connection could be made, or it was lost. */
  private static final Set<String> LOST = Set.of("08001", "08006");

  /**
   * What Citus says of a worker that was lost in a transaction, with the SQLSTATE of a defect. It
   * translates nothing.
   */
  private static final String ESSENTIAL = "failure on connection marked as essential";

  /** Connection lost, out of resources, login refused, read-only, I/O error. */
  private static final Set<String> CLASSES_UNAVAILABLE = Set.of("08", "53", "28", "25", "58");

  static RuntimeException of(SQLException e, Call call) {
    String state = String.valueOf(e.getSQLState());
    if (state.equals(QUERY_CANCELED)) {
      boolean late = call.remaining().toMillis() <= 0;
      return new FailedCallException(
          late ? Reason.DEADLINE_EXCEEDED : Reason.CANCELLED, e.getMessage(), e);
    }
    return of(e);
  }

  static RuntimeException of(SQLException e) {
    return isUnavailable(e)
        ? new FailedCallException(Reason.UNAVAILABLE, cause(e), e)
        : new IllegalStateException("unexpected failure of the database", e);
  }

  /**
   * The words of the database or its driver, without those of the pool and of Flyway around them.
   */
  static String cause(Throwable failure) {
    SQLException deepest = deepest(failure);
    if (deepest == null) {
      return firstLine(failure);
    }
    // The driver says no more than that the attempt failed when the host is unknown or silent.
    return deepest.getMessage().startsWith("The connection attempt failed")
            && deepest.getCause() != null
        ? describe(deepest.getCause())
        : firstLine(deepest);
  }

  /** Why there is no connection to the database of database-url, with the remedy. */
  static String unreachable(Throwable failure) {
    return unreachable(failure, "database-url");
  }

  /**
   * Why there is no connection to the database, with the remedy.
   *
   * @param setting the name of the setting that names the database
   */
  static String unreachable(Throwable failure, String setting) {
    String cause = " (" + cause(failure) + ")";
    String state = state(failure);
    if (state.equals(REJECTED) && cause.contains("SSL")) {
      return "the database can't be reached"
          + cause
          + "; switch its ssl on, or change sslmode in "
          + setting;
    }
    if (state.startsWith("28") || state.equals(REJECTED)) {
      return "the database refuses the login"
          + cause
          + "; check database-user and database-password, or those in "
          + setting
          + ", and who may connect (pg_hba.conf)";
    }
    return state.equals(NO_SUCH_DATABASE)
        ? "the database does not exist" + cause + "; create it, or name another in " + setting
        : "the database can't be reached"
            + cause
            + "; check that it runs and that "
            + setting
            + " is right";
  }

  /** The SQLSTATE that goes with {@link #cause}; empty if no statement failed. */
  static String state(Throwable failure) {
    SQLException deepest = deepest(failure);
    return deepest == null ? "" : String.valueOf(deepest.getSQLState());
  }

  static boolean isPrivilege(Throwable failure) {
    return state(failure).equals(INSUFFICIENT_PRIVILEGE);
  }

  private static SQLException deepest(Throwable failure) {
    SQLException deepest = null;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql && !isOfThePool(e)) {
        deepest = sql;
      }
    }
    return deepest;
  }

  private static boolean isOfThePool(Throwable e) {
    return e instanceof SQLTransientConnectionException;
  }

  private static String describe(Throwable e) {
    return e instanceof UnknownHostException ? "unknown host " + e.getMessage() : firstLine(e);
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("unknown cause");
  }

  /** Whether the same transaction, run again, may succeed. */
  static boolean isWorthARetry(SQLException e) {
    return WORTH_A_RETRY.contains(String.valueOf(e.getSQLState()));
  }

  /** Whether the same attempt to connect may succeed a moment later. */
  static boolean mayPass(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return isOfTheServer(e) || LOST.contains(state);
  }

  /** Whether a failure is one of every connection: the server stops, or takes no writes. */
  static boolean isOfTheServer(SQLException e) {
    return isReadOnly(e)
        || (STOPPING.contains(String.valueOf(e.getSQLState())) && !isOfAnotherServer(e));
  }

  /**
   * Whether the server that answered lost a connection of its own: that to a worker of Citus. When
   * it ends this one, its message is FATAL, and a connection that was lost has no message.
   */
  static boolean isOfAnotherServer(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return e instanceof PSQLException answer
        && answer.getServerErrorMessage() != null
        && "ERROR".equals(answer.getServerErrorMessage().getSeverity())
        && (STOPPING.contains(state)
            || LOST.contains(state)
            || String.valueOf(answer.getServerErrorMessage().getMessage()).startsWith(ESSENTIAL));
  }

  static boolean isReadOnly(SQLException e) {
    return READ_ONLY.equals(e.getSQLState());
  }

  private static boolean isUnavailable(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return e instanceof SQLTransientConnectionException
        || isOfAnotherServer(e)
        || NO_SCHEMA_OR_RIGHT.contains(state)
        || WORTH_A_RETRY.contains(state)
        || PoolerCheck.NO_PREPARED_STATEMENTS.contains(state)
        || state.startsWith("57P")
        || state.equals(QUERY_CANCELED)
        || (state.length() == 5 && CLASSES_UNAVAILABLE.contains(state.substring(0, 2)));
  }

  private SqlFailures() {}
}
