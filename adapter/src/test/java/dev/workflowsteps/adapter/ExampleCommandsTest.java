package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.HostPort;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExampleCommandsTest {

  @Test
  void list_quotesAPathOfOddCharacters_andBracketsIpv6() {
    assertThat(list("/d/key", "127.0.0.1", Optional.empty()))
        .isEqualTo(
            "curl -H \"Api-Key: $(cat /d/key)\" 'http://127.0.0.1:80/v1/workflows/steps?run_id=r'");
    assertThat(list("/my data/$a's/key", "::1", Optional.empty()))
        .startsWith("curl -H \"Api-Key: $(cat '/my data/$a'\\''s/key')\" 'http://[::1]:80/");
  }

  @Test
  void list_overTls_trustsTheCertificate() {
    assertThat(list("/d/key", "127.0.0.1", Optional.of(Path.of("/my certs/tls.crt"))))
        .startsWith("curl --cacert '/my certs/tls.crt' -H ")
        .contains("'https://127.0.0.1:80/");
  }

  private static String list(String keyFile, String host, Optional<Path> certificate) {
    return ExampleCommands.list(Path.of(keyFile), new HostPort(host, 80), certificate, "r");
  }

  @Test
  void createKey_namesTheDirectoryOrTheDatabase_withoutItsSecrets() {
    Optional<DatabaseUrl> database =
        Optional.of(
            new DatabaseUrl(
                "jdbc:postgresql://h/d?sslpassword=secret", Optional.of("u"), Optional.empty()));

    assertThat(ExampleCommands.createKey(Optional.empty(), Optional.empty()))
        .endsWith(" keys create --organization acme --create-organization");
    assertThat(ExampleCommands.createKey(Optional.of(Path.of("/a b")), Optional.empty()))
        .endsWith(" --data-dir '/a b'");
    assertThat(ExampleCommands.createKey(Optional.empty(), database))
        .endsWith(" --database-url 'postgresql://u@h/d?sslpassword=********'")
        .doesNotContain("secret");
  }
}
