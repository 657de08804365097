package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.Allocations;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiKeyTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ApiKey key = ApiKey.generate(RANDOM);

  @Test
  void generate_givesTheDocumentedForm() {
    assertThat(key.text()).matches("wfs_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}");
    assertThat(key.text()).startsWith("wfs_" + key.keyId() + "_");
  }

  @Test
  void generate_manyKeys_neverRepeats() {
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      texts.add(ApiKey.generate(RANDOM).text());
    }

    assertThat(texts).hasSize(1_000);
  }

  @Test
  void parse_generatedKey_isTheSameKey() {
    ApiKey parsed = ApiKey.parse(key.text()).orElseThrow();

    assertThat(parsed.keyId()).isEqualTo(key.keyId());
    assertThat(parsed.secretSha256()).isEqualTo(key.secretSha256());
  }

  @Test
  void parse_costsEveryRequestLittle() throws Exception {
    assertThat(Allocations.of(() -> ApiKey.parse(key.text()))).isLessThan(2_000);
  }

  @Test
  void parse_anySingleChangedCharacter_isRefused() {
    for (int i = 0; i < key.text().length(); i++) {
      StringBuilder changed = new StringBuilder(key.text());
      changed.setCharAt(i, key.text().charAt(i) == 'a' ? 'b' : 'a');

      assertThat(ApiKey.parse(changed.toString())).as("character %d", i).isEmpty();
    }
  }

  @Test
  void parse_otherTexts_areRefused() {
    assertThat(ApiKey.parse("")).isEmpty();
    assertThat(ApiKey.parse(key.text() + "0")).isEmpty();
    assertThat(ApiKey.parse(key.text().substring(1))).isEmpty();
    assertThat(ApiKey.parse(key.text().toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThat(ApiKey.parse(" " + key.text())).isEmpty();
  }

  @Test
  void matches_onlyTheSecretItWasStoredWith() {
    StoredKey stored =
        new StoredKey(
            key.keyId(),
            "acme",
            Scope.ALL,
            key.secretSha256(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty());

    assertThat(key.matches(stored)).isTrue();
    assertThat(ApiKey.generate(RANDOM).matches(stored)).isFalse();
  }

  @Test
  void toString_hidesTheSecret() {
    assertThat(key.toString()).isEqualTo("wfs_" + key.keyId() + "_…");
  }
}
