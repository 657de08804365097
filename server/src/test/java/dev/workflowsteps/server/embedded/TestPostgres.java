package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded PostgreSQL for all tests of a JVM: started by the first that asks. Unlike others it
 * listens on TCP too, for tests that stand for a PostgreSQL of somebody's own.
 */
public final class TestPostgres {

  /** Each JVM has an address of its own, since all servers have the same port. */
  private static final String HOST = host(new Random());

  private static final String HOST_BASED_ACCESS =
      """
      local all all scram-sha-256
      host all all 127.0.0.0/8 scram-sha-256
      """;

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres shared;

  private TestPostgres() {}

  /** The server; not to be closed by a test. */
  public static synchronized EmbeddedPostgres shared() {
    if (shared == null) {
      DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");
      shared = new Startup(directory, ProgressListener.NONE, settings()).start("tests");
    }
    return shared;
  }

  private static List<String> settings() {
    try {
      Path access = TestDirectories.empty().resolve("pg_hba.conf");
      return List.of(
          "listen_addresses=" + HOST, "hba_file=" + Files.writeString(access, HOST_BASED_ACCESS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String host(Random random) {
    return "127.%d.%d.%d"
        .formatted(1 + random.nextInt(254), random.nextInt(255), 1 + random.nextInt(254));
  }

  /** Makes an empty database; the URL, over TCP, carries its owner and password. */
  public static String freshDatabaseUrl() {
    return freshDatabaseUrl("");
  }

  /**
   * @param options of CREATE DATABASE
   */
  public static String freshDatabaseUrl(String options) {
    EmbeddedPostgres server = shared();
    String name = "fresh_" + DATABASES.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(server));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " " + options);
    } catch (SQLException e) {
      throw new IllegalStateException("creating " + name, e);
    }
    return "jdbc:postgresql://%s:%d/%s?%s"
        .formatted(HOST, SocketDirectory.PORT, name, login(server));
  }

  /** The server's own database, with user and password as parameters. */
  public static String url(EmbeddedPostgres server) {
    return server.jdbcUrl() + '&' + login(server);
  }

  private static String login(EmbeddedPostgres server) {
    return "user=" + EmbeddedPostgres.user() + "&password=" + server.password();
  }

  static synchronized void stop() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }
}
