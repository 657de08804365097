package dev.workflowsteps.server.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * The settings of one transaction, as the query that begins it. They end with the transaction, so a
 * connection without them is no different from any other, and a pooler may lend it to anybody.
 */
final class TransactionSettings {

  /**
   * Of a reader, with the organization and the time limit in milliseconds as parameters. Generic
   * plans, because planning each page anew would cost more than the page. The plan is always the
   * one that the indexes were made for (ordered ranges, no sequential scan, no sort), whatever the
   * statistics say when it is made.
   */
  static final String READER =
      local(
          List.of(
              "'role', 'workflow_steps_reader'",
              "'plan_cache_mode', 'force_generic_plan'",
              "'enable_seqscan', 'off'",
              "'enable_bitmapscan', 'off'",
              "'enable_sort', 'off'",
              "'enable_incremental_sort', 'off'",
              "'enable_hashjoin', 'off'",
              "'enable_mergejoin', 'off'",
              "'jit', 'off'",
              "'client_connection_check_interval', '1s'",
              "'app.org', ?",
              "'statement_timeout', ?"));

  /**
   * Of a writer, with the time limit in milliseconds as parameter. Nested loops only: the planner
   * has no statistics of a batch, and would read the whole table to join it. Should this process
   * vanish between two statements, its locks stay no longer than the idle time.
   */
  static final String WRITER =
      local(
          List.of(
              "'role', 'workflow_steps_writer'",
              "'enable_hashjoin', 'off'",
              "'enable_mergejoin', 'off'",
              "'client_connection_check_interval', '1s'",
              "'idle_in_transaction_session_timeout', '30s'",
              "'statement_timeout', ?"));

  /** Of the statements about keys and organizations. */
  static final String KEYS =
      local(List.of("'role', 'workflow_steps_writer'", "'statement_timeout', '5s'"));

  /** Fails if the login may not take every role that calls need. */
  static final String EVERY_ROLE =
      local(
          List.of(
              "'statement_timeout', '1s'",
              "'role', 'workflow_steps_reader'",
              "'role', 'workflow_steps_writer'"));

  /** The query returns one number, not the values, which nobody reads. */
  private static String local(List<String> namesAndValues) {
    List<String> calls = new ArrayList<>();
    namesAndValues.forEach(setting -> calls.add("set_config(" + setting + ", true)"));
    return "SELECT num_nonnulls(" + String.join(", ", calls) + ")";
  }

  private TransactionSettings() {}
}
