package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.RateDecision.Quota;
import dev.workflowsteps.server.auth.RateDecision.Unit;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private static final Authenticated ACME = caller("acme", OrganizationLimits.DEFAULT);

  private final AtomicLong nanos = new AtomicLong();

  @Test
  @Rule("rate-limit")
  void take_withoutALimit_passesAndSaysNothing() {
    RateLimits limits = limits(0, 0);

    limits.spent(ACME, Long.MAX_VALUE);

    assertThat(limits.take(ACME)).isEqualTo(RateDecision.NO_LIMIT);
    assertThat(limits.take(ACME).allowed()).isTrue();
  }

  @Test
  @Rule("rate-limit")
  void take_passesASecondsWorthAtOnce_thenOneAtATime() {
    RateLimits limits = limits(2, 0);

    assertThat(limits.take(ACME).quotas())
        .containsExactly(new Quota(Unit.REQUESTS, 2, false, 1, Duration.ZERO));
    assertThat(limits.take(ACME).allowed()).isTrue();
    RateDecision refused = limits.take(ACME);
    assertThat(refused.allowed()).isFalse();
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(500));
    pass(refused.retryAfter());
    assertThat(limits.take(ACME).allowed()).isTrue();
    assertThat(limits.take(ACME).allowed()).isFalse();
  }

  @Test
  void take_organizations_shareNothing() {
    RateLimits limits = limits(1, 0);

    assertThat(limits.take(ACME).allowed()).isTrue();
    assertThat(limits.take(ACME).allowed()).isFalse();
    assertThat(limits.take(caller("other", OrganizationLimits.DEFAULT)).allowed()).isTrue();
  }

  @Test
  @Rule("rate-limit")
  void take_anOrganizationsOwnLimit_replacesThatOfAll() {
    RateLimits limits = limits(1, 0);
    Authenticated two = caller("two", own(2));
    Authenticated free = caller("free", own(0));

    assertThat(limits.take(two).quotas().get(0).perSecond()).isEqualTo(2);
    assertThat(limits.take(two).allowed()).isTrue();
    assertThat(limits.take(two).allowed()).isFalse();
    assertThat(limits.take(free)).isEqualTo(RateDecision.NO_LIMIT);
  }

  @Test
  void take_changedLimit_countsFromTheNextCall() {
    RateLimits limits = limits(0, 0);
    assertThat(limits.take(caller("acme", own(1))).allowed()).isTrue();
    assertThat(limits.take(caller("acme", own(1))).allowed()).isFalse();

    pass(Duration.ofMillis(1));

    assertThat(limits.take(caller("acme", own(1_000))).allowed()).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(limits.take(caller("acme", own(1_000))).allowed()).isTrue();
    assertThat(limits.take(ACME)).isEqualTo(RateDecision.NO_LIMIT);
  }

  @Test
  @Rule("rate-limit")
  void spent_moreBytesThanAreLeft_refusesUntilTheyAreMadeUpFor() {
    RateLimits limits = limits(0, 100);
    assertThat(limits.take(ACME).allowed()).isTrue();

    limits.spent(ACME, 350);

    RateDecision refused = limits.take(ACME);
    assertThat(refused.exhausted())
        .containsExactly(new Quota(Unit.BYTES, 100, true, 0, Duration.ofMillis(2_510)));
    pass(refused.retryAfter().minusNanos(1));
    assertThat(limits.take(ACME).allowed()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(limits.take(ACME).allowed()).isTrue();
  }

  @Test
  void take_refusedByBytes_countsNoRequest() {
    RateLimits limits = limits(1, 10);
    limits.spent(ACME, 10);

    RateDecision refused = limits.take(ACME);
    assertThat(refused.exhausted()).extracting(Quota::unit).containsExactly(Unit.BYTES);
    assertThat(refused.quotas())
        .extracting(Quota::unit, Quota::remaining)
        .containsExactly(tuple(Unit.REQUESTS, 1L), tuple(Unit.BYTES, 0L));
    pass(refused.retryAfter());
    assertThat(limits.take(ACME).allowed()).isTrue();
  }

  @Test
  void take_refusedByBoth_waitsForTheLater() {
    RateLimits limits = limits(1, 10);
    assertThat(limits.take(ACME).allowed()).isTrue();
    limits.spent(ACME, 30);

    RateDecision refused = limits.take(ACME);

    assertThat(refused.exhausted()).hasSize(2);
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(2_100));
  }

  private RateLimits limits(long requestsPerSecond, long bytesPerSecond) {
    return new RateLimits(requestsPerSecond, bytesPerSecond, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static OrganizationLimits own(long requestsPerSecond) {
    return new OrganizationLimits(OptionalLong.of(requestsPerSecond), OptionalLong.empty());
  }

  private static Authenticated caller(String organization, OrganizationLimits limits) {
    return new Authenticated(organization, "key", Scope.ALL, limits);
  }
}
