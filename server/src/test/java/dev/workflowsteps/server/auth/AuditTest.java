package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every change of keys and organizations has its line. */
class AuditTest {

  private static final Optional<java.time.Instant> NEVER = Optional.empty();
  private static final String BY = " user=" + System.getProperty("user.name");

  private final KeyService service = new KeyService(new InMemoryKeyStore(), new SettableClock());
  private final AuditLog audit = new AuditLog();

  @AfterEach
  void close() {
    audit.close();
  }

  @Test
  void everyChange_isALine_withTheUserAndWithoutTheSecret() {
    service.ensureOrganization("acme", true);
    service.ensureOrganization("acme", true);
    ApiKey key = service.create("acme", Set.of(Scope.WRITE), NEVER);
    ApiKey next = service.rotate("acme", key.keyId(), Duration.ofHours(1), NEVER).key();
    service.revoke("acme", next.keyId());
    service.limit("acme", new OrganizationLimits(OptionalLong.of(5), OptionalLong.empty()));

    assertThat(audit.lines())
        .containsExactly(
            "organization created: organization=acme" + BY,
            "key created: organization=acme key=" + key.keyId() + " scope=write expires=never" + BY,
            "key rotated: organization=acme key=%s replaced-by=%s scope=write expires=never"
                    .formatted(key.keyId(), next.keyId())
                + BY,
            "key expiry changed: organization=acme key="
                + key.keyId()
                + " expires=2026-03-01T13:00:00Z"
                + BY,
            "key revoked: organization=acme key=" + next.keyId() + BY,
            "organization limits set: organization=acme requests-per-second=5"
                + " bytes-per-second=default"
                + BY);
    for (ApiKey secret : List.of(key, next)) {
      assertThat(String.join("", audit.lines())).doesNotContain(secret.text().substring(13));
    }
  }

  @Test
  void whatIsRefused_changesNothing_andHasNoLine() {
    service.ensureOrganization("acme", true);
    int before = audit.lines().size();

    assertThatThrownBy(() -> service.create("other", Scope.ALL, NEVER));
    assertThatThrownBy(() -> service.revoke("acme", "unknown0"));
    assertThatThrownBy(() -> service.limit("other", OrganizationLimits.DEFAULT));

    assertThat(audit.lines()).hasSize(before);
  }
}
