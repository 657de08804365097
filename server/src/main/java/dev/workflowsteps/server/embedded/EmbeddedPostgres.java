package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A real PostgreSQL on 127.0.0.1 that needs nothing installed: for trying out and for small
 * installations. One process owns it, starts and stops it; commands may use the owner's server.
 *
 * <p>When the owner is killed, the server stops by itself. Otherwise the owner must close it: no
 * shutdown hook is installed here, since the caller drains its own work first.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private final DataDirectory directory;
  private final int port;
  private final String password;
  private final Ownership ownership;
  private final Duration took;

  EmbeddedPostgres(
      DataDirectory directory, int port, String password, Ownership ownership, Duration took) {
    this.directory = directory;
    this.port = port;
    this.password = password;
    this.ownership = ownership;
    this.took = took;
  }

  /**
   * Becomes the owner. Creates what is missing; on failure nothing is left running or half made.
   * Commands that want the server wait for {@link #share}.
   *
   * @param command the name of this command, shown to others that want the directory: {@code serve}
   * @param progress receives each slow phase
   * @throws StartupException with {@link ExitCode#DATABASE} when another process is the owner,
   *     which the message names; with {@link ExitCode#CONFIGURATION} when the directory, the
   *     account or the machine does not allow it
   */
  public static EmbeddedPostgres start(
      DataDirectory directory, String command, ProgressListener progress) {
    return Startup.of(directory, progress).start(command);
  }

  /**
   * Uses the server of a running {@link #start}, for whose {@link #share} it waits two minutes at
   * most; where none runs, becomes the owner for the length of one command.
   *
   * @param command the name of the command: {@code import}
   * @throws StartupException as {@link #start} does; with {@link ExitCode#DATABASE} also when
   *     another command is the owner, or the owner does not share in time
   */
  public static EmbeddedPostgres attachOrStart(
      DataDirectory directory, String command, ProgressListener progress) {
    return Startup.of(directory, progress).attachOrStart(command);
  }

  /** Lets commands use the server, once its schema is ready for them. */
  public void share() {
    ownership.share(password);
  }

  /** Whether this process runs as root, which changes the account and the default directory. */
  public static boolean runsAsRoot() {
    return !Platform.windows() && UserIds.current().isRoot();
  }

  /** The database, without user and password and without parameters. */
  public String jdbcUrl() {
    return "jdbc:postgresql://" + Loopback.HOST + ":" + port + "/" + Cluster.DATABASE;
  }

  /** The owner of the database. It may create roles and databases; it is no superuser. */
  public String user() {
    return Cluster.USER;
  }

  public String password() {
    return password;
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

  /** The time until connections were possible. */
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
   * The owner stops the server and waits for its end: open transactions are rolled back. When
   * attached, or called again, nothing happens.
   */
  @Override
  public void close() {
    if (ownership != null) {
      ownership.close();
    }
  }
}
