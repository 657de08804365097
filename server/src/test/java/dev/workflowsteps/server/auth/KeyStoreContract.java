package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.call.Call;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every storage of keys must do. Each test has organizations of its own, so the storage need
 * not be emptied.
 */
public abstract class KeyStoreContract {

  private static final Instant MADE = Instant.parse("2026-01-02T03:04:05.123456Z");
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final byte[] HASH = new byte[32];

  private final SecureRandom random = new SecureRandom();
  private final String organization = "org-" + UUID.randomUUID();
  private final String other = "other-" + UUID.randomUUID();

  protected abstract KeyStore keys();

  @BeforeEach
  void organizations() {
    keys().createOrganization(organization, MADE);
    keys().createOrganization(other, MADE);
  }

  @Test
  void organization_existsOnceItIsMade() {
    assertThat(keys().organizationExists(organization)).isTrue();
    assertThat(keys().organizationExists("nobody")).isFalse();
    assertThat(keys().createOrganization(organization, MADE)).isFalse();
  }

  /** Of those that other tests made, there may be any number. */
  @Test
  void organizations_areListedInTheOrderOfTheirBytes_withTheirKeys() {
    String begin = "page-" + UUID.randomUUID();
    for (String end : List.of("-a", "_a", "a", "-b", "0")) {
      keys().createOrganization(begin + end, MADE);
    }
    insert(begin + "a", MADE, Optional.empty());
    String revoked = insert(begin + "a", MADE, Optional.of(MADE)).keyId();
    keys().revoke(begin + "a", revoked, MADE);

    List<Organization> first = keys().organizations(begin, 3);
    List<Organization> second = keys().organizations(begin + "0", 2);

    assertThat(first)
        .containsExactly(
            new Organization(begin + "-a", MADE, 0),
            new Organization(begin + "-b", MADE, 0),
            new Organization(begin + "0", MADE, 0));
    assertThat(second)
        .containsExactly(
            new Organization(begin + "_a", MADE, 0), new Organization(begin + "a", MADE, 2));
    assertThat(keys().organizations("", Integer.MAX_VALUE))
        .isSortedAccordingTo(Comparator.comparing(Organization::organizationId))
        .containsAll(first);
    assertThat(keys().organizations("zzz", 10)).isEmpty();
  }

  @Test
  void key_comesBackAsItWasInserted() {
    StoredKey key = insert(organization, MADE, Optional.of(MADE.plusSeconds(60)));

    assertThat(found(key)).usingRecursiveComparison().isEqualTo(key);
    assertThat(keys().find("unknown0")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void scopes_comeBackAsTheyWereInserted(Set<Scope> scopes) {
    String id = ApiKey.generate(random).keyId();

    keys()
        .insert(
            new StoredKey(
                id, organization, scopes, HASH, MADE, Optional.empty(), Optional.empty()));

    assertThat(keys().find(id).orElseThrow().key().scopes()).isEqualTo(scopes);
    assertThat(keys().list(organization))
        .extracting(listed -> listed.key().scopes())
        .containsExactly(scopes);
  }

  static List<Set<Scope>> scopes_comeBackAsTheyWereInserted() {
    return List.of(Set.of(Scope.READ), Set.of(Scope.WRITE), Scope.ALL);
  }

  @Test
  void list_isOfOneOrganization_theOldestFirst() {
    StoredKey younger = insert(organization, MADE.plusSeconds(1), Optional.empty());
    StoredKey older = insert(organization, MADE, Optional.empty());
    insert(other, MADE, Optional.empty());

    assertThat(keys().list(organization))
        .extracting(listed -> listed.key().keyId())
        .containsExactly(older.keyId(), younger.keyId());
  }

  @Test
  void expireAndRevoke_touchOnlyTheOrganizationsOwnKey() {
    StoredKey key = insert(organization, MADE, Optional.empty());
    String id = key.keyId();

    assertThat(keys().expire(other, id, MADE)).isFalse();
    assertThat(keys().revoke(other, id, MADE)).isFalse();
    assertThat(found(key).revokedAt()).isEmpty();
    assertThat(keys().expire(organization, id, MADE.plusSeconds(5))).isTrue();
    assertThat(keys().revoke(organization, id, MADE.plusSeconds(6))).isTrue();
    assertThat(keys().revoke(organization, id, MADE.plusSeconds(7))).isTrue();
    assertThat(found(key).expiresAt()).hasValue(MADE.plusSeconds(5));
    assertThat(found(key).revokedAt()).hasValue(MADE.plusSeconds(6));
  }

  @Test
  void limits_ofANewOrganization_areTheDefault() {
    StoredKey key = insert(organization, MADE, Optional.empty());

    assertThat(keys().limits(organization)).hasValue(OrganizationLimits.DEFAULT);
    assertThat(keys().find(key.keyId()).orElseThrow().limits())
        .isEqualTo(OrganizationLimits.DEFAULT);
  }

  @Test
  void limit_setsBoth_alsoForWhoFindsAKey_andOnlyOfThatOrganization() {
    StoredKey key = insert(organization, MADE, Optional.empty());
    StoredKey foreign = insert(other, MADE, Optional.empty());
    OrganizationLimits limits =
        new OrganizationLimits(OptionalLong.of(0), OptionalLong.of(5_000_000_000L));

    assertThat(keys().limit(organization, limits)).isTrue();

    assertThat(keys().limits(organization)).hasValue(limits);
    assertThat(keys().find(key.keyId()).orElseThrow().limits()).isEqualTo(limits);
    assertThat(keys().find(foreign.keyId()).orElseThrow().limits())
        .isEqualTo(OrganizationLimits.DEFAULT);
    assertThat(keys().limit(organization, OrganizationLimits.DEFAULT)).isTrue();
    assertThat(keys().limits(organization)).hasValue(OrganizationLimits.DEFAULT);
  }

  @Test
  void limits_ofNobody_areAbsent() {
    assertThat(keys().limit("nobody", OrganizationLimits.DEFAULT)).isFalse();
    assertThat(keys().limits("nobody")).isEmpty();
  }

  @Test
  void lastUse_isUnknown_untilItIsSet_andNeverGoesBack() {
    StoredKey key = insert(organization, MADE, Optional.empty());
    assertThat(keys().list(organization).get(0).lastUsed()).isEmpty();

    setLastUsed(organization, DAY, key);
    assertThat(keys().list(organization).get(0).lastUsed()).hasValue(DAY);
    setLastUsed(organization, DAY.plusDays(1), key);
    setLastUsed(organization, DAY, key);

    assertThat(keys().list(organization).get(0).lastUsed()).hasValue(DAY.plusDays(1));
    assertThat(keys().list(organization).get(0).key()).usingRecursiveComparison().isEqualTo(key);
  }

  @Test
  void lastUse_isSetForSeveralKeys_butOnlyOfTheOrganizationAndOnlyIfTheyExist() {
    StoredKey first = insert(organization, MADE, Optional.empty());
    StoredKey second = insert(organization, MADE.plusSeconds(1), Optional.empty());
    StoredKey third = insert(organization, MADE.plusSeconds(2), Optional.empty());
    StoredKey foreign = insert(other, MADE, Optional.empty());
    StoredKey gone = key("gone0000", organization, MADE, Optional.empty());

    setLastUsed(organization, DAY, first, third, foreign, gone);

    assertThat(keys().list(organization))
        .extracting(ListedKey::lastUsed)
        .containsExactly(Optional.of(DAY), Optional.empty(), Optional.of(DAY));
    assertThat(keys().list(other)).extracting(ListedKey::lastUsed).containsOnly(Optional.empty());
    assertThat(keys().list(organization).get(1).key().keyId()).isEqualTo(second.keyId());
  }

  private void setLastUsed(String owner, LocalDate day, StoredKey... used) {
    List<String> ids = Stream.of(used).map(StoredKey::keyId).toList();
    keys().setLastUsed(owner, ids, day, Call.within(Duration.ofSeconds(30)));
  }

  private StoredKey found(StoredKey key) {
    return keys().find(key.keyId()).orElseThrow().key();
  }

  private StoredKey insert(String owner, Instant created, Optional<Instant> expires) {
    String id = ApiKey.generate(random).keyId();
    StoredKey key = key(id, owner, created, expires);
    keys().insert(key);
    return key;
  }

  private static StoredKey key(
      String id, String owner, Instant created, Optional<Instant> expires) {
    return new StoredKey(id, owner, Scope.ALL, HASH, created, expires, Optional.empty());
  }
}
