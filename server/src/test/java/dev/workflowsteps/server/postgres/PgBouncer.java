package dev.workflowsteps.server.postgres;

import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.embedded.TestDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A PgBouncer of the machine in front of every database of a PostgreSQL. */
final class PgBouncer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final int port;

  /**
   * @param mode {@code session}, {@code transaction} or {@code statement}
   * @param connections to PostgreSQL for each database
   */
  PgBouncer(DatabaseUrl server, String mode, int connections) {
    URI address = URI.create(server.jdbcUrl().substring("jdbc:".length()));
    Path directory = TestDirectories.empty();
    try {
      port = freePort();
      Path settings = directory.resolve("pgbouncer.ini");
      Files.writeString(
          settings,
          """
          [databases]
          * = host=%s port=%d user=%s password=%s
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = any
          pool_mode = %s
          default_pool_size = %d
          """
              .formatted(
                  address.getHost(),
                  address.getPort(),
                  server.user().orElseThrow(),
                  server.password().map(Secret::value).orElse(""),
                  port,
                  mode,
                  connections));
      List<String> command = new ArrayList<>(List.of("pgbouncer", "--quiet"));
      if (System.getProperty("user.name").equals("root")) {
        // It refuses to run as root.
        command.addAll(List.of("--user", "nobody"));
      }
      command.add(settings.toString());
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("starting pgbouncer (Debian's package pgbouncer)", e);
    }
    await().atMost(PATIENCE).until(this::listens);
  }

  /** The database of a URL through this PgBouncer, with further parameters for the driver. */
  DatabaseUrl through(DatabaseUrl direct, String parameters) {
    String place = direct.jdbcUrl().replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/");
    String url = parameters.isEmpty() ? place : place + "?" + parameters;
    return new DatabaseUrl(url, direct.user(), direct.password());
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("pgbouncer ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
