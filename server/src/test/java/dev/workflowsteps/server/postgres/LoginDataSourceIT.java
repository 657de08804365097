package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

class LoginDataSourceIT {

  /**
   * Flyway searches it, each time it looks at the schema, by a pattern that is slow on long ones.
   */
  @Test
  void urlOfAConnection_isTheOneThatWasGiven() throws Exception {
    try (TestDatabase.Open open = TestDatabase.open();
        Connection connection =
            new LoginDataSource(open.url(), "test").with("connectTimeout", "2").getConnection()) {
      assertThat(connection.getMetaData().getURL()).isEqualTo(open.url().jdbcUrl());
    }
  }

  @Test
  void connection_hasTheNameAndTheProperties() throws Exception {
    try (TestDatabase.Open open = TestDatabase.open();
        Connection connection =
            new LoginDataSource(open.url(), "test").with("socketTimeout", "7").getConnection()) {
      assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
      assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("workflow-steps test");
    }
  }

  @Test
  void parameterThatIsAddedToAUrl_replacesItsOwn() throws Exception {
    try (TestDatabase.Open open = TestDatabase.open();
        Connection connection =
            new LoginDataSource(
                    open.url().with("socketTimeout", "600").with("socketTimeout", "5"), "test")
                .getConnection()) {
      assertThat(connection.getNetworkTimeout()).isEqualTo(5_000);
    }
  }
}
