package dev.workflowsteps.server.postgres;

import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.JavaProcess;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Secret;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Migrations of large tables that only tests have, and a process that runs them. */
final class TestMigrations {

  static final String INDEX = "step_of_test";

  /** Adds a million to {@code retry_count}, unless it has been. */
  static final String BATCHES = "batches";

  static final String CONCURRENT_INDEX = "index";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The ones of this program, and one more. */
  static Migrations with(String name, DatabaseUrl url) {
    ProgressListener progress = ProgressListener.NONE;
    LargeMigration migration =
        name.equals(BATCHES)
            ? new BatchedMigration(
                "9001",
                "a million more",
                "step",
                List.of("run_id", "step_id"),
                (organizationId, rows) ->
                    Sql.of("UPDATE step SET retry_count = retry_count + 1000000 / length(block_id)")
                        .add(" WHERE ")
                        .add(rows)
                        .add(" AND retry_count < 1000000"),
                progress)
            : new ConcurrentIndex(
                "9001", INDEX, "step (organization_id, block_type, step_id)", progress);
    return new Migrations(url, progress, List.of(migration));
  }

  /** A process that runs {@link #with}. */
  static Process start(String name, DatabaseUrl url) throws IOException {
    return JavaProcess.of(
            TestMigrations.class,
            name,
            url.jdbcUrl(),
            url.user().orElseThrow(),
            url.password().orElseThrow().value())
        .inheritIO()
        .start();
  }

  /**
   * Kills a process that runs {@link #with}, SIGKILL, in the middle: a row is locked until then.
   *
   * @param row a condition that it meets
   * @param when it has come that far
   */
  static void kill(String name, DatabaseUrl url, String row, Callable<Boolean> when)
      throws Exception {
    try (Connection writer = AsOwner.connectAsWriter(url);
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("SELECT FROM step WHERE " + row + " FOR UPDATE");
      Process process = start(name, url);
      await().atMost(PATIENCE).until(when);
      process.destroyForcibly().waitFor();
      writer.rollback();
    }
  }

  public static void main(String[] arguments) {
    DatabaseUrl url =
        new DatabaseUrl(
            arguments[1], Optional.of(arguments[2]), Optional.of(new Secret(arguments[3])));
    with(arguments[0], url).migrate(Optional.empty());
  }

  private TestMigrations() {}
}
