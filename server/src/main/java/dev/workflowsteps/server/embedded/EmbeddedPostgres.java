package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A real PostgreSQL that needs nothing installed: for trying out and for small installations. It
 * listens on a Unix socket that no other user can reach. One process owns it, starts and stops it;
 * commands may use the owner's server. A server that ends by itself is started again, on the same
 * socket.
 *
 * <p>When the owner is killed, the server stops by itself. Otherwise the owner must close it: no
 * shutdown hook is installed here, since the caller drains its own work first.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private final DataDirectory directory;
  private final Path socket;
  private final String password;
  private final Supervisor supervisor;
  private final boolean created;
  private final Duration took;

  EmbeddedPostgres(
      DataDirectory directory,
      Path socket,
      String password,
      Supervisor supervisor,
      boolean created,
      Duration took) {
    this.directory = directory;
    this.socket = socket;
    this.password = password;
    this.supervisor = supervisor;
    this.created = created;
    this.took = took;
  }

  /**
   * Becomes the owner. Creates what is missing; on failure nothing is left running or half made.
   * Commands that want the server wait for {@link #share}.
   *
   * @param command the name of this command, shown to others that want the directory: {@code
   *     migrate}
   * @param progress receives each slow phase
   * @throws StartupException with {@link ExitCode#DATABASE} when another process is the owner,
   *     which the message names; with {@link ExitCode#CONFIGURATION} when the directory, the
   *     account or the machine does not allow it
   */
  public static EmbeddedPostgres start(
      DataDirectory directory, String command, ProgressListener progress) {
    return new Startup(directory, progress).start(command);
  }

  /**
   * As {@link #start}, but waits as long as a command is the owner, whose name it logs once a
   * minute.
   *
   * @param command begins with {@code serve}, as the names of all commands do that run until they
   *     are stopped
   * @throws StartupException as {@link #start} does, but only when a {@code serve} is the owner
   */
  public static EmbeddedPostgres serve(
      DataDirectory directory, String command, ProgressListener progress) {
    return new Startup(directory, progress).serve(command);
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
    return new Startup(directory, progress).attachOrStart(command);
  }

  /**
   * Checks the machine and the directory as a start does, and makes nothing.
   *
   * @throws StartupException with {@link ExitCode#CONFIGURATION} when they do not allow a start
   */
  public static void check(DataDirectory directory) {
    new Startup(directory, ProgressListener.NONE).requireWritable();
  }

  /** Lets commands use the server, once its schema is ready for them. */
  public void share() {
    try {
      supervisor.share(socket, password);
    } catch (IOException e) {
      throw EmbeddedFailure.files(directory.path(), e);
    }
  }

  /** Whether this process runs as root, which changes the account and the default directory. */
  public static boolean runsAsRoot() {
    return !Platform.windows() && UserIds.current().isRoot();
  }

  /** The database, with parameters, but without user and password. */
  public String jdbcUrl() {
    return jdbcUrl(socket);
  }

  /** As {@link #jdbcUrl}, of a server at this socket. */
  private static String jdbcUrl(Path socket) {
    return "jdbc:postgresql://localhost/%s?sslmode=disable&socketFactory=%s&socketFactoryArg=%s"
        .formatted(
            Cluster.DATABASE,
            UnixSocketFactory.class.getName(),
            URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8));
  }

  /** The most probable {@link #jdbcUrl} of a server that has not been started yet. */
  public static String jdbcUrl(DataDirectory directory) {
    return jdbcUrl(
        SocketDirectory.in(new InstanceFiles(directory.base(), directory.path())).socket());
  }

  /** The owner of the database. It may create roles and databases; it is no superuser. */
  public static String user() {
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
    return created;
  }

  /** False when the server is another process's. */
  public boolean owned() {
    return supervisor != null;
  }

  /** The time until connections were possible. */
  public Duration took() {
    return took;
  }

  public DataDirectory directory() {
    return directory;
  }

  /** Why the owner's server does not run now, as a sentence; empty = it does, or when attached. */
  public Optional<String> problem() {
    return supervisor == null ? Optional.empty() : supervisor.problem();
  }

  /** How often the owner's server was started again after it had ended by itself. */
  public long restarts() {
    return supervisor == null ? 0 : supervisor.restarts();
  }

  /**
   * Completes with the cause, as a sentence, when the owner's server has ended by itself and can't
   * be started again. Never when attached.
   */
  public CompletableFuture<String> failed() {
    return supervisor == null ? new CompletableFuture<>() : supervisor.failed();
  }

  /**
   * The owner stops the server and waits for its end: open transactions are rolled back. When
   * attached, or called again, nothing happens.
   */
  @Override
  public void close() {
    if (supervisor != null) {
      supervisor.close();
    }
  }
}
