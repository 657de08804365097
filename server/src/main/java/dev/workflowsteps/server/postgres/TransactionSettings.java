package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of one transaction, as the query that begins it. They end with the transaction, so a
 * connection without them is no different from any other, and a pooler may lend it to anybody.
 */
final class TransactionSettings {

  /** Planner settings that are off for readers: what the indexes make needless. */
  static final List<String> OFF_FOR_READERS =
      List.of(
          "enable_seqscan",
          "enable_bitmapscan",
          "enable_sort",
          "enable_incremental_sort",
          "enable_hashjoin",
          "enable_mergejoin",
          "jit");

  /** Planner settings that are off for writers, see {@link #WRITER}. */
  static final List<String> OFF_FOR_WRITERS = List.of("enable_hashjoin", "enable_mergejoin");

  /**
   * Of a reader, with the organization and the time limit in milliseconds as parameters. Generic
   * plans, because planning each page anew would cost more than the page. The plan is always the
   * one that the indexes were made for (ordered ranges, no sequential scan, no sort), whatever the
   * statistics say when it is made.
   */
  static final String READER = reader("force_generic_plan", List.of());

  /** As {@link #READER}; see {@link Citus#reader}. */
  static final String READER_ON_CITUS = reader("auto", List.of());

  /**
   * What a reader sets besides to count: index-only scans, whatever the database's default is, and
   * no parallel workers, of which the database has few for all sessions.
   */
  private static final List<String> TO_COUNT =
      List.of("'enable_indexonlyscan', 'on'", "'max_parallel_workers_per_gather', '0'");

  /** Of a reader who counts, with the parameters of {@link #READER}. */
  static final String COUNTER = reader("force_generic_plan", TO_COUNT);

  /** As {@link #COUNTER}; see {@link Citus#reader}. */
  static final String COUNTER_ON_CITUS = reader("auto", TO_COUNT);

  /**
   * Of a writer, with the time limit in milliseconds as parameter. Nested loops only: the planner
   * has no statistics of a batch, and would read the whole table to join it. Should this process
   * vanish between two statements, its locks stay no longer than the idle time.
   */
  static final String WRITER = writer(List.of());

  /** As {@link #WRITER}; see {@link Citus#writer}. */
  static final String WRITER_ON_CITUS = writer(List.of("'plan_cache_mode', 'force_custom_plan'"));

  /**
   * Of a migration that reads an organization's steps in the order of their keys and changes some
   * by their keys. The plans are those of the indexes, made for each statement, as Citus needs it.
   */
  static final String MIGRATION =
      local(
          List.of("'role', 'workflow_steps_writer'", "'plan_cache_mode', 'force_custom_plan'"),
          off(OFF_FOR_READERS));

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

  /** The time limit of a call's transaction, in milliseconds; 0 would be none. */
  static long limit(Call call) {
    return Math.max(1, Math.min(call.remaining().toMillis(), Integer.MAX_VALUE));
  }

  private static String reader(String planCacheMode, List<String> more) {
    return local(
        List.of("'role', 'workflow_steps_reader'", "'plan_cache_mode', '" + planCacheMode + "'"),
        off(OFF_FOR_READERS),
        more,
        List.of(
            "'client_connection_check_interval', '1s'", "'app.org', ?", "'statement_timeout', ?"));
  }

  private static String writer(List<String> more) {
    return local(
        List.of("'role', 'workflow_steps_writer'"),
        more,
        off(OFF_FOR_WRITERS),
        List.of(
            "'client_connection_check_interval', '1s'",
            "'idle_in_transaction_session_timeout', '30s'",
            "'statement_timeout', ?"));
  }

  private static List<String> off(List<String> names) {
    return names.stream().map(name -> "'" + name + "', 'off'").toList();
  }

  /** The query returns one number, not the values, which nobody reads. */
  @SafeVarargs
  private static String local(List<String>... namesAndValues) {
    List<String> calls = new ArrayList<>();
    for (List<String> settings : namesAndValues) {
      settings.forEach(setting -> calls.add("set_config(" + setting + ", true)"));
    }
    return "SELECT num_nonnulls(" + String.join(", ", calls) + ")";
  }

  private TransactionSettings() {}
}
