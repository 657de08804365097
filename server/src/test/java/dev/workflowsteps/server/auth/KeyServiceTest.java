package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyServiceTest {

  private static final Optional<Instant> NEVER = Optional.empty();

  private final SettableClock clock = new SettableClock();
  private final InMemoryKeyStore store = new InMemoryKeyStore();
  private final KeyService service = new KeyService(store, clock);

  @Test
  void create_unknownOrganization_isRefusedWithTheRemedy() {
    assertThatThrownBy(() -> service.create("acme", Scope.ALL, NEVER))
        .isInstanceOf(KeyException.class)
        .hasMessage("organization acme does not exist; give --create-organization to create it");
  }

  @Test
  void ensureOrganization_asked_makesItOnce() {
    assertThat(service.ensureOrganization("acme", true)).isTrue();
    assertThat(service.ensureOrganization("acme", true)).isFalse();
    assertThat(service.ensureOrganization("acme", false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Acme", "-acme", "_acme", "ac me", "acmé", "acme\n"})
  void ensureOrganization_badName_isRefused(String name) {
    assertThatThrownBy(() -> service.ensureOrganization(name, true))
        .isInstanceOf(KeyException.class)
        .hasMessage("organization: " + name + " (expected: [a-z0-9][a-z0-9_-]{0,62})");
  }

  @Test
  void ensureOrganization_longestName_isTaken() {
    assertThat(service.ensureOrganization("a".repeat(63), true)).isTrue();
    assertThatThrownBy(() -> service.ensureOrganization("a".repeat(64), true))
        .isInstanceOf(KeyException.class);
  }

  @Test
  void create_keepsTheHashAndNeverTheSecret() {
    ApiKey key = newKey();

    StoredKey stored = store.find(key.keyId()).orElseThrow().key();
    assertThat(stored.organizationId()).isEqualTo("acme");
    assertThat(stored.createdAt()).isEqualTo(clock.instant());
    assertThat(key.matches(stored)).isTrue();
  }

  @Test
  void create_expiryThatHasPassed_isRefused() {
    service.ensureOrganization("acme", true);

    assertThatThrownBy(() -> service.create("acme", Scope.ALL, Optional.of(clock.instant())))
        .isInstanceOf(KeyException.class)
        .hasMessage("expires: 2026-03-01T12:00:00Z (expected: a time in the future)");
  }

  @Test
  void rotate_leavesTheOldKeyValidForTheOverlap() {
    ApiKey old = newKey();

    ApiKey replacement = service.rotate("acme", old.keyId(), Duration.ofHours(24), NEVER).key();

    Instant end = clock.instant().plus(Duration.ofHours(24));
    assertThat(store.find(old.keyId()).orElseThrow().key().expiresAt()).hasValue(end);
    assertThat(store.find(replacement.keyId()).orElseThrow().key().expiresAt()).isEmpty();
  }

  @Test
  void rotate_keepsTheScopesOfTheOldKey() {
    service.ensureOrganization("acme", true);
    ApiKey old = service.create("acme", Set.of(Scope.WRITE), NEVER);

    ApiKey replacement = service.rotate("acme", old.keyId(), Duration.ofHours(24), NEVER).key();

    assertThat(store.find(replacement.keyId()).orElseThrow().key().scopes())
        .containsExactly(Scope.WRITE);
  }

  @Test
  void rotate_keyThatEndsSooner_isNotPutOff() {
    service.ensureOrganization("acme", true);
    Instant soon = clock.instant().plusSeconds(60);
    ApiKey old = service.create("acme", Scope.ALL, Optional.of(soon));

    service.rotate("acme", old.keyId(), Duration.ofHours(24), NEVER);

    assertThat(store.find(old.keyId()).orElseThrow().key().expiresAt()).hasValue(soon);
  }

  @Test
  void rotate_revokedKey_isRefusedAndMakesNone() {
    ApiKey old = newKey();
    service.revoke("acme", old.keyId());

    assertThatThrownBy(() -> service.rotate("acme", old.keyId(), Duration.ZERO, NEVER))
        .isInstanceOf(KeyException.class)
        .hasMessage("key " + old.keyId() + " is revoked; create a new one with keys create");
    assertThat(service.list("acme")).hasSize(1);
  }

  @Test
  void rotate_withAnOverlapThatNoStorageCanTell_isRefusedAndMakesNone() {
    ApiKey old = newKey();

    assertThatThrownBy(
            () -> service.rotate("acme", old.keyId(), Duration.ofDays(999_999_999), NEVER))
        .isInstanceOf(KeyException.class)
        .hasMessageStartingWith("overlap: until +")
        .hasMessageEndingWith("(expected: a time before 9999-12-31T23:59:59.999999Z)");
    assertThat(service.list("acme")).hasSize(1);
  }

  @Test
  void create_withAnEndThatNoStorageCanTell_isRefused() {
    service.ensureOrganization("acme", true);
    Instant end = clock.instant().plus(Duration.ofDays(999_999_999));

    assertThatThrownBy(() -> service.create("acme", Scope.ALL, Optional.of(end)))
        .isInstanceOf(KeyException.class)
        .hasMessageStartingWith("expires: until +");
  }

  @Test
  void revoke_twice_keepsTheFirstTime() {
    ApiKey key = newKey();
    service.revoke("acme", key.keyId());
    clock.move(Duration.ofMinutes(1));

    service.revoke("acme", key.keyId());

    assertThat(store.find(key.keyId()).orElseThrow().key().revokedAt())
        .hasValue(SettableClock.START);
  }

  @Test
  void revoke_keyOfAnotherOrganization_answersLikeOneThatDoesNotExist() {
    ApiKey key = newKey();
    service.ensureOrganization("other", true);

    assertThatThrownBy(() -> service.revoke("other", key.keyId()))
        .isInstanceOf(KeyException.class)
        .hasMessage("organization other has no key " + key.keyId() + "; list them with keys list");
  }

  @Test
  void list_givesTheOldestFirstWithTheRevokedOnes() {
    ApiKey first = newKey();
    clock.move(Duration.ofSeconds(1));
    ApiKey second = newKey();
    service.revoke("acme", first.keyId());

    List<String> ids = service.list("acme").stream().map(listed -> listed.key().keyId()).toList();

    assertThat(ids).containsExactly(first.keyId(), second.keyId());
  }

  private ApiKey newKey() {
    service.ensureOrganization("acme", true);
    return service.create("acme", Scope.ALL, NEVER);
  }
}
