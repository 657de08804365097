package dev.workflowsteps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://app:p%40ss+%2F@db:5433/steps?sslmode=require",
        "postgres://app:p@ss+%2F@db:5433/steps?sslmode=require",
        "jdbc:postgresql://db:5433/steps?user=app&sslmode=require&password=p%40ss%2B/",
      })
  void parse_everyForm_givesTheSame(String text) {
    assertThat(DatabaseUrl.parse(text))
        .hasValue(
            new DatabaseUrl(
                "jdbc:postgresql://db:5433/steps?sslmode=require",
                Optional.of("app"),
                Optional.of(new Secret("p@ss+/"))));
  }

  @Test
  void parse_severalHosts_areKept() {
    assertThat(DatabaseUrl.parse("postgresql://a:1,[::1]:2/steps?targetServerType=primary"))
        .map(DatabaseUrl::jdbcUrl)
        .hasValue("jdbc:postgresql://a:1,[::1]:2/steps?targetServerType=primary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db",
        "postgresql:steps",
        "postgresql://db",
        "postgresql://db/",
        "postgresql://app:%zz@db/steps",
        "postgresql://app:a b@db/st eps",
        "mysql://db/steps",
      })
  void parse_otherTexts_areRefused(String text) {
    assertThat(DatabaseUrl.parse(text)).isEmpty();
  }
}
