package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.server.auth.RateDecision;
import dev.workflowsteps.server.auth.RateDecision.Quota;
import dev.workflowsteps.server.auth.RateDecision.Unit;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rate limits of an organization, as responses tell them: the fields RateLimit and
 * RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11, and words for errors.
 */
final class RateLimitHeaders {

  /** The draft's word for the bytes of responses; without one, a quota is of requests. */
  private static final String BYTES = ";qu=\"content-bytes\"";

  /** Adds the fields; none if the organization has no limit. */
  static void add(RateDecision decision, Metadata headers) {
    if (!decision.quotas().isEmpty()) {
      headers.put(CallHeaders.RATE_LIMIT_POLICY, list(decision, RateLimitHeaders::policy));
      headers.put(CallHeaders.RATE_LIMIT, list(decision, RateLimitHeaders::left));
    }
  }

  /** The name of a limit: {@code requests} or {@code bytes}. */
  static String name(Quota quota) {
    return quota.unit().name().toLowerCase(Locale.ROOT);
  }

  /** For example {@code 100 requests per second}. */
  static String sentence(Quota quota) {
    return quota.perSecond() + " " + name(quota) + " per second";
  }

  private static String list(RateDecision decision, Function<Quota, String> member) {
    return decision.quotas().stream().map(member).collect(Collectors.joining(", "));
  }

  private static String policy(Quota quota) {
    return item(quota)
        + ";q="
        + quota.perSecond()
        + ";w=1"
        + (quota.unit() == Unit.BYTES ? BYTES : "");
  }

  /** With the seconds for which it must do: those of Retry-After if nothing is left. */
  private static String left(Quota quota) {
    Duration wait = quota.untilNext();
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return item(quota) + ";r=" + quota.remaining() + ";t=" + seconds;
  }

  private static String item(Quota quota) {
    return '"' + name(quota) + '"';
  }

  private RateLimitHeaders() {}
}
