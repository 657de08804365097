package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ProgressListener;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One embedded PostgreSQL for all tests of a JVM: started by the first that asks. */
public final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres shared;

  private TestPostgres() {}

  /** The server; not to be closed by a test. */
  public static synchronized EmbeddedPostgres shared() {
    if (shared == null) {
      DataDirectory directory = new DataDirectory(TestDirectories.base(), "main");
      shared = EmbeddedPostgres.start(directory, "tests", ProgressListener.NONE);
    }
    return shared;
  }

  /** Makes an empty database; the URL carries its owner and password. */
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
    return url(server).replace("/workflow_steps?", "/" + name + "?");
  }

  /** The server's own database, with user and password as parameters. */
  public static String url(EmbeddedPostgres server) {
    return server.jdbcUrl() + "?user=" + EmbeddedPostgres.user() + "&password=" + server.password();
  }

  static synchronized void stop() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }
}
