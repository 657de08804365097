package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.config.StartupException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections by a URL as it is, with the driver's properties beside it. The driver's own
 * source writes each property it has into the URL, which becomes so long that Flyway takes a second
 * of a start to look for passwords in it.
 */
class LoginDataSource extends PGSimpleDataSource {

  private static final long serialVersionUID = 1;

  private volatile String url;
  private final Properties properties = new Properties();

  /**
   * @param name of what connects, as PostgreSQL shows it
   */
  LoginDataSource(DatabaseUrl url, String name) {
    use(url);
    with("ApplicationName", "workflow-steps " + name);
  }

  /**
   * Uses this URL, from the next attempt on.
   *
   * @throws StartupException with {@code CONFIGURATION} if the driver can't read it
   */
  final void use(DatabaseUrl other) {
    // Its own words, when it connects, would hold the whole URL, with passwords in it.
    if (Driver.parseURL(other.jdbcUrl(), null) == null) {
      throw new StartupException(
          ExitCode.CONFIGURATION,
          other
              + ": the PostgreSQL driver can't read this URL (expected: "
              + DatabaseUrl.FORM
              + ")");
    }
    url = other.jdbcUrl();
    other.user().ifPresent(user -> with("user", user));
    other.password().map(Secret::value).ifPresent(password -> with("password", password));
  }

  /** Sets a property of the driver; one of the URL replaces it. */
  final LoginDataSource with(String property, String value) {
    properties.setProperty(property, value);
    return this;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return DriverManager.getConnection(url, properties);
  }
}
