package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginDataSourceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:70000/steps?sslpassword=secret",
        "jdbc:postgresql://db:port/steps?sslpassword=secret",
        "jdbc:postgresql://db/steps?sslpassword=secret&sslrootcert=%zz",
      })
  void urlThatTheDriverCannotRead_endsTheStart_andShowsNoSecret(String text) {
    DatabaseUrl url = new DatabaseUrl(text, Optional.empty(), Optional.empty());

    StartupException failure =
        catchThrowableOfType(StartupException.class, () -> new LoginDataSource(url, "test"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure).hasMessageStartingWith("postgresql://db").hasMessageContaining("expected:");
    assertThat(failure.getMessage()).doesNotContain("secret");
  }
}
