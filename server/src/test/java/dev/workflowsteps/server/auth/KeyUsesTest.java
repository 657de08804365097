package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyUsesTest {

  private static final LocalDate TODAY = LocalDate.parse("2026-03-01");

  private final SettableClock clock = new SettableClock();
  private final List<Integer> written = new ArrayList<>();

  /** Thrown instead of writing; null = it writes. */
  private RuntimeException failure;

  private final InMemoryKeyStore store =
      new InMemoryKeyStore() {
        @Override
        public void setLastUsed(
            String organizationId, List<String> keyIds, LocalDate day, Call call) {
          written.add(keyIds.size());
          if (failure != null) {
            throw failure;
          }
          super.setLastUsed(organizationId, keyIds, day, call);
        }
      };

  private final KeyService service = new KeyService(store, clock);
  private final KeyUses uses = new KeyUses(store, clock);

  @BeforeEach
  void organizations() {
    service.ensureOrganization("acme", true);
    service.ensureOrganization("other", true);
  }

  @Test
  void use_isWrittenOnceADay() {
    Authenticated key = key("acme");

    for (int i = 0; i < 3; i++) {
      uses.add(key);
      uses.write();
    }

    assertThat(written).containsExactly(1);
    assertThat(lastUsed(key)).hasValue(TODAY);
    clock.move(Duration.ofHours(12));
    uses.add(key);
    uses.write();
    assertThat(written).containsExactly(1, 1);
    assertThat(lastUsed(key)).hasValue(TODAY.plusDays(1));
  }

  @Test
  void use_isNoMatterOfTheStore_untilItIsWritten() {
    failure = new IllegalStateException("never called");

    uses.write();
    uses.add(key("acme"));

    assertThat(written).isEmpty();
  }

  @Test
  void uses_areWrittenTogether_byOrganization() {
    List<Authenticated> keys = IntStream.range(0, 1_100).mapToObj(i -> key("acme")).toList();
    Authenticated other = key("other");

    keys.forEach(uses::add);
    uses.add(other);
    uses.write();

    assertThat(written).containsExactlyInAnyOrder(500, 500, 100, 1);
    assertThat(store.list("acme")).extracting(ListedKey::lastUsed).containsOnly(Optional.of(TODAY));
    assertThat(lastUsed(other)).hasValue(TODAY);
  }

  @Test
  void storeThatIsAway_isAskedMoreAndMoreSeldom_andLosesNothing() {
    Authenticated key = key("acme");
    failure = new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "away");

    uses.add(key);
    for (int i = 0; i < 1_000; i++) {
      uses.write();
    }

    assertThat(written).hasSizeBetween(10, 25);
    failure = null;
    for (int i = 0; i < 61; i++) {
      uses.write();
    }
    assertThat(lastUsed(key)).hasValue(TODAY);
  }

  @Test
  void failureThatWouldComeAgain_isNotTriedAgain_andHoldsUpNoOther() {
    failure = new IllegalStateException("a defect");
    uses.add(key("acme"));
    uses.write();
    failure = null;

    Authenticated other = key("other");
    uses.add(other);
    uses.write();
    uses.write();

    assertThat(written).containsExactly(1, 1);
    assertThat(lastUsed(other)).hasValue(TODAY);
  }

  @Test
  void unwrittenUses_areBounded() {
    failure = new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "away");
    for (int i = 0; i < 20_000; i++) {
      uses.add(new Authenticated("acme", "key" + i, Scope.ALL, OrganizationLimits.DEFAULT));
    }
    failure = null;

    uses.write();

    assertThat(written.stream().mapToInt(Integer::intValue).sum()).isEqualTo(10_000);
  }

  private Optional<LocalDate> lastUsed(Authenticated key) {
    return store.list(key.organizationId()).stream()
        .filter(listed -> listed.key().keyId().equals(key.keyId()))
        .findFirst()
        .orElseThrow()
        .lastUsed();
  }

  private Authenticated key(String organization) {
    String id = service.create(organization, Scope.ALL, Optional.empty()).keyId();
    return new Authenticated(organization, id, Scope.ALL, OrganizationLimits.DEFAULT);
  }
}
