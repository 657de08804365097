package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text is a key or none, in either header. */
class ApiKeyFuzz {

  static Stream<byte[]> seeds() {
    return Stream.of(ApiKey.generate(new SecureRandom()).text(), "Bearer wfs_")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void parse_anyText_isAKeyOrNone(byte[] bytes) {
    take(bytes);
  }

  static void take(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    ApiKey.parse(text)
        .ifPresent(
            key -> {
              assertThat(key.text()).isEqualTo(text);
              assertThat(text).matches("wfs_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}");
              assertThat(ApiKey.isKeyId(key.keyId())).isTrue();
              assertThat(key.secretSha256()).hasSize(32);
              assertThat(key.toString()).doesNotContain(text.substring(13));
            });
    Authenticator.onlyText(List.of(), List.of(text));
    assertThat(Authenticator.onlyText(List.of(text), List.of("Bearer " + text)))
        .contains(text.strip());
  }
}
