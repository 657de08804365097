package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.steps.StepsException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresKeyStoreIT {

  private static final Instant MADE = Instant.parse("2026-01-02T03:04:05.123456Z");
  private static final byte[] HASH = new byte[32];

  private static Database database;
  private static KeyStore keys;

  @BeforeAll
  static void open() {
    database = TestDatabase.migrated();
    keys = database.stores().keyStore();
    keys.createOrganization("acme", MADE);
    keys.createOrganization("other", MADE);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void organization_existsOnceItIsMade() {
    assertThat(keys.organizationExists("acme")).isTrue();
    assertThat(keys.organizationExists("nobody")).isFalse();
    assertThat(keys.createOrganization("acme", MADE)).isFalse();
  }

  @Test
  void key_comesBackAsItWasInserted() {
    StoredKey key = key("round-tr", "acme", MADE, Optional.of(MADE.plusSeconds(60)));
    keys.insert(key);

    StoredKey found = keys.find("round-tr").orElseThrow();

    assertThat(found).usingRecursiveComparison().isEqualTo(key);
    assertThat(keys.find("ROUND-TR")).isEmpty();
  }

  @Test
  void list_isOfOneOrganization_theOldestFirst() {
    keys.createOrganization("lister", MADE);
    keys.insert(key("younger0", "lister", MADE.plusSeconds(1), Optional.empty()));
    keys.insert(key("older000", "lister", MADE, Optional.empty()));
    keys.insert(key("foreign0", "other", MADE, Optional.empty()));

    assertThat(keys.list("lister"))
        .extracting(StoredKey::keyId)
        .isEqualTo(List.of("older000", "younger0"));
  }

  @Test
  void expireAndRevoke_touchOnlyTheOrganizationsOwnKey() {
    keys.insert(key("ending00", "acme", MADE, Optional.empty()));

    assertThat(keys.expire("other", "ending00", MADE)).isFalse();
    assertThat(keys.revoke("other", "ending00", MADE)).isFalse();
    assertThat(keys.find("ending00").orElseThrow().revokedAt()).isEmpty();
    assertThat(keys.expire("acme", "ending00", MADE.plusSeconds(5))).isTrue();
    assertThat(keys.revoke("acme", "ending00", MADE.plusSeconds(6))).isTrue();
    assertThat(keys.revoke("acme", "ending00", MADE.plusSeconds(7))).isTrue();
    StoredKey ended = keys.find("ending00").orElseThrow();
    assertThat(ended.expiresAt()).hasValue(MADE.plusSeconds(5));
    assertThat(ended.revokedAt()).hasValue(MADE.plusSeconds(6));
  }

  @Test
  void storageThatIsNotThere_isUnavailable() {
    DatabaseUrl nowhere =
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/none", Optional.empty(), Optional.empty());
    try (Database away = new Database(nowhere, 1, new SimpleMeterRegistry())) {
      assertThatThrownBy(() -> away.stores().keyStore().find("anything"))
          .isInstanceOfSatisfying(
              StepsException.class,
              e -> assertThat(e.reason()).isEqualTo(StepsException.Reason.UNAVAILABLE));
    }
  }

  private static StoredKey key(
      String id, String organization, Instant created, Optional<Instant> expires) {
    return new StoredKey(id, organization, HASH, created, expires, Optional.empty());
  }
}
