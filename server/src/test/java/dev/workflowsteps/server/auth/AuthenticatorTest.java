package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.FailedCallException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {

  private static final Duration WITHIN_A_SECOND = Duration.ofMillis(900);

  private final SettableClock clock = new SettableClock();
  private final AtomicLong nanos = new AtomicLong();
  private final Queue<Runnable> ahead = new ArrayDeque<>();
  private final InMemoryKeyStore store = new InMemoryKeyStore();
  private final KeyService service = new KeyService(store, clock);
  private final Authenticator authenticator =
      new Authenticator(store, clock, nanos::get, ahead::add);

  @Test
  @Rule("key-forms")
  void authenticate_keyInEitherHeader_givesItsOrganization() {
    String key = keyOf("acme");

    assertThat(authenticator.authenticate(List.of(key), List.of())).contains(acme(key));
    assertThat(authenticator.authenticate(List.of(), List.of("Bearer " + key))).contains(acme(key));
    assertThat(authenticator.authenticate(List.of(), List.of("bEARER  " + key)))
        .contains(acme(key));
  }

  @Test
  void authenticate_givesTheScopesOfTheKey() {
    service.ensureOrganization("acme", true);
    String key = service.create("acme", Set.of(Scope.WRITE), Optional.empty()).text();

    assertThat(authenticate(key))
        .hasValueSatisfying(caller -> assertThat(caller.scopes()).containsExactly(Scope.WRITE));
  }

  @Test
  void authenticate_sameKeyGivenSeveralTimes_givesItsOrganization() {
    String key = keyOf("acme");

    assertThat(authenticator.authenticate(List.of(key, key), List.of("Bearer " + key)))
        .contains(acme(key));
  }

  @Test
  @Rule("key-one-answer")
  void authenticate_differentKeys_givesNone() {
    String acme = keyOf("acme");
    String other = keyOf("other");

    assertThat(authenticator.authenticate(List.of(acme), List.of("Bearer " + other))).isEmpty();
    assertThat(authenticator.authenticate(List.of(acme, other), List.of())).isEmpty();
    assertThat(authenticator.authenticate(List.of(acme), List.of("Basic YTpi"))).isEmpty();
    assertThat(authenticator.authenticate(List.of(acme, ""), List.of())).isEmpty();
  }

  @Test
  void authenticate_withoutTheScheme_givesNone() {
    String key = keyOf("acme");

    assertThat(authenticator.authenticate(List.of(), List.of(key))).isEmpty();
    assertThat(authenticator.authenticate(List.of(), List.of("Bearer" + key))).isEmpty();
    assertThat(authenticator.authenticate(List.of(), List.of("Bearer"))).isEmpty();
  }

  @Test
  @Rule("key-one-answer")
  void authenticate_nothingOrMalformed_givesNoneWithoutAskingTheStore() {
    assertThat(authenticator.authenticate(List.of(), List.of())).isEmpty();
    assertThat(authenticator.authenticate(List.of(""), List.of())).isEmpty();
    assertThat(authenticator.authenticate(List.of("secret"), List.of())).isEmpty();
    assertThat(store.finds()).isZero();
  }

  @Test
  void authenticateFromCache_neverAsksTheStore() {
    String key = keyOf("acme");

    assertThat(authenticator.authenticateFromCache(List.of(key), List.of())).isEmpty();
    assertThat(authenticator.authenticateFromCache(List.of("secret"), List.of()))
        .contains(Optional.empty());
    assertThat(store.finds()).isZero();
    assertThat(authenticate(key)).contains(acme(key));
    assertThat(authenticator.authenticateFromCache(List.of(key), List.of()))
        .contains(Optional.of(acme(key)));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(authenticator.authenticateFromCache(List.of(key), List.of())).isEmpty();
  }

  @Test
  void authenticate_keyInUse_isAskedForAheadAndOnce_soThatNobodyWaits() {
    String key = keyOf("acme");
    assertThat(authenticate(key)).contains(acme(key));

    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(Duration.ofMillis(500).toNanos());
      for (int caller = 0; caller < 100; caller++) {
        assertThat(authenticator.authenticateFromCache(List.of(key), List.of()))
            .contains(Optional.of(acme(key)));
      }
      assertThat(ahead).hasSize(1);
      ahead.remove().run();
      assertThat(store.finds()).isEqualTo(2 + i);
    }
  }

  @Test
  void authenticate_revokedKeyInUse_isRefusedOnceItWasAskedForAhead() {
    String key = keyOf("acme");
    assertThat(authenticate(key)).contains(acme(key));
    service.revoke("acme", ApiKey.parse(key).orElseThrow().keyId());
    nanos.addAndGet(Duration.ofMillis(500).toNanos());
    assertThat(authenticate(key)).contains(acme(key));

    ahead.remove().run();

    assertThat(authenticate(key)).isEmpty();
  }

  @Test
  void authenticate_storeThatCantBeAskedAhead_keepsTheKeyForTheRestOfItsTimeOnly() {
    String key = keyOf("acme");
    AtomicBoolean gone = new AtomicBoolean();
    KeyStore going =
        answering(
            keyId -> {
              if (gone.get()) {
                throw new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "away");
              }
              return store.find(keyId);
            });
    for (Executor executor : List.<Executor>of(Runnable::run, AuthenticatorTest::reject)) {
      gone.set(false);
      Authenticator some = new Authenticator(going, clock, nanos::get, executor);
      assertThat(some.authenticate(List.of(key), List.of())).contains(acme(key));
      gone.set(true);
      nanos.addAndGet(Duration.ofMillis(500).toNanos());
      assertThat(some.authenticateFromCache(List.of(key), List.of()))
          .contains(Optional.of(acme(key)));
      assertThat(some.authenticateFromCache(List.of(key), List.of()))
          .contains(Optional.of(acme(key)));
      nanos.addAndGet(Duration.ofMillis(400).toNanos());
      assertThat(some.authenticateFromCache(List.of(key), List.of())).isEmpty();
    }
  }

  private static void reject(Runnable task) {
    throw new RejectedExecutionException("busy");
  }

  @Test
  void authenticate_unknownKey_givesNoneAndAsksOnce() {
    String unknown = ApiKey.generate(new SecureRandom()).text();

    assertThat(authenticate(unknown)).isEmpty();
    assertThat(authenticate(unknown)).isEmpty();
    assertThat(store.finds()).isEqualTo(1);
  }

  @Test
  void authenticate_knownIdWithAnotherSecret_givesNone() {
    ApiKey key = ApiKey.parse(keyOf("acme")).orElseThrow();
    StoredKey stored = store.find(key.keyId()).orElseThrow().key();
    byte[] otherSecret = ApiKey.generate(new SecureRandom()).secretSha256();
    store.insert(
        new StoredKey(
            key.keyId(),
            "acme",
            Scope.ALL,
            otherSecret,
            stored.createdAt(),
            stored.expiresAt(),
            stored.revokedAt()));

    assertThat(authenticate(key.text())).isEmpty();
  }

  @Test
  void authenticate_expiry_countsFromItsInstantOnEvenIfCached() {
    service.ensureOrganization("acme", true);
    Duration life = Duration.ofMinutes(1);
    String key = service.create("acme", Scope.ALL, Optional.of(clock.instant().plus(life))).text();

    assertThat(authenticate(key)).contains(acme(key));
    clock.move(life.minusNanos(1));
    assertThat(authenticate(key)).contains(acme(key));
    clock.move(Duration.ofNanos(1));
    assertThat(authenticate(key)).isEmpty();
    assertThat(store.finds()).isEqualTo(1);
  }

  @Test
  @Rule("key-one-answer")
  void authenticate_revokedKey_isRefusedWithinASecond() {
    String key = keyOf("acme");
    assertThat(authenticate(key)).contains(acme(key));

    service.revoke("acme", ApiKey.parse(key).orElseThrow().keyId());
    nanos.addAndGet(WITHIN_A_SECOND.toNanos());

    assertThat(authenticate(key)).isEmpty();
  }

  @Test
  void authenticate_changedLimits_areThoseOfTheKeyWithinASecond() {
    OrganizationLimits limits = new OrganizationLimits(OptionalLong.of(7), OptionalLong.empty());
    String key = keyOf("acme");
    assertThat(authenticate(key)).contains(acme(key));

    store.limit("acme", limits);
    nanos.addAndGet(WITHIN_A_SECOND.toNanos());

    assertThat(authenticate(key)).contains(acme(key, limits));
  }

  @Test
  void authenticate_revokedByAClockThatIsAhead_isRefusedAllTheSame() {
    String key = keyOf("acme");
    store.revoke("acme", ApiKey.parse(key).orElseThrow().keyId(), clock.instant().plusSeconds(60));

    assertThat(authenticate(key)).isEmpty();
  }

  @Test
  void authenticate_slowStore_countsTheTimeFromBeforeItWasAsked() {
    String key = keyOf("acme");
    KeyStore slow =
        answering(
            keyId -> {
              nanos.addAndGet(WITHIN_A_SECOND.toNanos());
              return store.find(keyId);
            });
    Authenticator behindSlowStore = new Authenticator(slow, clock, nanos::get, ahead::add);

    assertThat(behindSlowStore.authenticate(List.of(key), List.of())).contains(acme(key));
    service.revoke("acme", ApiKey.parse(key).orElseThrow().keyId());

    assertThat(behindSlowStore.authenticate(List.of(key), List.of())).isEmpty();
  }

  @Test
  void authenticate_newKey_isSeenThoughItWasUnknownBefore() {
    service.ensureOrganization("acme", true);
    ApiKey key = ApiKey.generate(new SecureRandom());
    assertThat(authenticate(key.text())).isEmpty();

    store.insert(
        new StoredKey(
            key.keyId(),
            "acme",
            Scope.ALL,
            key.secretSha256(),
            clock.instant(),
            Optional.empty(),
            Optional.empty()));
    nanos.addAndGet(WITHIN_A_SECOND.toNanos());

    assertThat(authenticate(key.text())).contains(acme(key.text()));
  }

  @Test
  void authenticate_storeAway_saysSoAndAsksAgain() {
    AtomicLong asked = new AtomicLong();
    KeyStore away =
        answering(
            keyId -> {
              asked.incrementAndGet();
              throw new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "away");
            });
    Authenticator withoutStore = new Authenticator(away, clock, nanos::get, ahead::add);
    String key = ApiKey.generate(new SecureRandom()).text();

    for (int i = 1; i <= 2; i++) {
      assertThatThrownBy(() -> withoutStore.authenticate(List.of(key), List.of()))
          .isInstanceOfSatisfying(
              FailedCallException.class,
              e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE));
      assertThat(asked).hasValue(i);
    }
  }

  private static Authenticated acme(String key) {
    return acme(key, OrganizationLimits.DEFAULT);
  }

  private static Authenticated acme(String key, OrganizationLimits limits) {
    return new Authenticated("acme", ApiKey.parse(key).orElseThrow().keyId(), Scope.ALL, limits);
  }

  private Optional<Authenticated> authenticate(String key) {
    return authenticator.authenticate(List.of(key), List.of());
  }

  private String keyOf(String organization) {
    service.ensureOrganization(organization, true);
    return service.create(organization, Scope.ALL, Optional.empty()).text();
  }

  private interface Find {
    Optional<KeyWithLimits> find(String keyId);
  }

  /** A store that is only asked for keys. */
  private static KeyStore answering(Find find) {
    return (KeyStore)
        Proxy.newProxyInstance(
            KeyStore.class.getClassLoader(),
            new Class<?>[] {KeyStore.class},
            (proxy, method, arguments) -> find.find((String) arguments[0]));
  }
}
