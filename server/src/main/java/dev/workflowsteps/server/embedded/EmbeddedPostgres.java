package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A real PostgreSQL on 127.0.0.1 that needs nothing installed: for trying out and for small
 * installations. One process owns it, starts and stops it; commands may use the owner's.
 *
 * <p>When the owner is killed, the server stops by itself. The owner alone closes it in the normal
 * course: no shutdown hook is installed here, since who drains first is the caller's decision.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private final DataDirectory directory;
  private final Endpoint endpoint;
  private final Ownership ownership;
  private final Duration took;

  /** Where the server is reached. */
  record Endpoint(int port, String password) {}

  EmbeddedPostgres(DataDirectory directory, Endpoint endpoint, Ownership ownership, Duration took) {
    this.directory = directory;
    this.endpoint = endpoint;
    this.ownership = ownership;
    this.took = took;
  }

  /**
   * Becomes the owner and lets commands use the server. Makes what is missing; on failure nothing
   * is left running and nothing half made.
   *
   * @param owner what this process calls itself, for others to be told: {@code serve}
   * @param progress is told of each slow part
   * @throws StartupException with {@link ExitCode#DATABASE} when another process is the owner,
   *     which the message names; with {@link ExitCode#CONFIGURATION} when the directory, the
   *     account or the machine does not allow it
   */
  public static EmbeddedPostgres start(
      DataDirectory directory, String owner, ProgressListener progress) {
    return Startup.of(directory, progress).start(owner);
  }

  /**
   * Uses the server of a running {@link #start}, or becomes the owner for the length of a command,
   * without letting others in: its server ends with it.
   *
   * @param owner what the command calls itself: {@code import}
   * @throws StartupException as {@link #start} does; with {@link ExitCode#DATABASE} also when
   *     another command is the owner
   */
  public static EmbeddedPostgres attachOrStart(
      DataDirectory directory, String owner, ProgressListener progress) {
    return Startup.of(directory, progress).attachOrStart(owner);
  }

  /** Whether this process runs as root, which changes the account and the default directory. */
  public static boolean runsAsRoot() {
    return !Platform.windows() && UserIds.current().isRoot();
  }

  /** The database, without user and password and without parameters. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + Loopback.HOST + ":" + endpoint.port() + "/" + Cluster.DATABASE;
  }

  /** The owner of the database. It may create roles and databases; it is no superuser. */
  public String user() {
    return Cluster.USER;
  }

  public String password() {
    return endpoint.password();
  }

  /** For example {@code 18.6}. */
  public String version() {
    return Binaries.VERSION;
  }

  /** Whether this start made the cluster; false when attached. */
  public boolean created() {
    return ownership != null && ownership.created();
  }

  /** False when the server is another process's. */
  public boolean owned() {
    return ownership != null;
  }

  /** How long it took until connections were possible. */
  public Duration took() {
    return took;
  }

  public DataDirectory directory() {
    return directory;
  }

  /**
   * Completes with PostgreSQL's exit code when it has ended, whether closed here or not. Never when
   * attached.
   */
  public CompletableFuture<Integer> exited() {
    return ownership == null ? new CompletableFuture<>() : ownership.exited();
  }

  /**
   * The owner stops the server and waits for it: open transactions are rolled back. Attached,
   * nothing happens. A second call does nothing.
   */
  @Override
  public void close() {
    if (ownership != null) {
      ownership.close();
    }
  }
}
