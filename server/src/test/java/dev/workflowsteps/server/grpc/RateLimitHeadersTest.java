package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.RateDecision;
import dev.workflowsteps.server.auth.RateDecision.Quota;
import dev.workflowsteps.server.auth.RateDecision.Unit;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitHeadersTest {

  private static final Quota REQUESTS = new Quota(Unit.REQUESTS, 100, false, 99, Duration.ZERO);
  private static final Quota BYTES =
      new Quota(Unit.BYTES, 5_000_000, true, 0, Duration.ofNanos(2_000_000_001));

  private final Metadata headers = new Metadata();

  @Test
  @Rule("rate-limit-headers")
  void add_namesTheLimits_andWhatIsLeft() {
    RateLimitHeaders.add(new RateDecision(List.of(REQUESTS, BYTES)), headers);

    assertThat(headers.get(CallHeaders.RATE_LIMIT_POLICY))
        .isEqualTo("\"requests\";q=100;w=1, \"bytes\";q=5000000;w=1;qu=\"content-bytes\"");
    assertThat(headers.get(CallHeaders.RATE_LIMIT))
        .isEqualTo("\"requests\";r=99;t=1, \"bytes\";r=0;t=3");
  }

  @Test
  @Rule("rate-limit-headers")
  void add_withoutALimit_addsNothing() {
    RateLimitHeaders.add(new RateDecision(List.of()), headers);

    assertThat(headers.keys()).isEmpty();
  }

  @Test
  @Rule("rate-limit")
  void rateLimited_saysWhichLimit_andExactlyHowLongToWait() {
    StatusRuntimeException refused = Errors.rateLimited(new RateDecision(List.of(REQUESTS, BYTES)));

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(Failed.reason(refused)).isEqualTo("RATE_LIMITED");
    assertThat(refused.getStatus().getDescription())
        .isEqualTo(
            "The organization has reached its rate limit: 5000000 bytes per second. Retry after"
                + " the delay in Retry-After or RetryInfo.");
    com.google.protobuf.Duration delay =
        Failed.detail(refused, RetryInfo.class).orElseThrow().getRetryDelay();
    assertThat(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()))
        .isEqualTo(BYTES.untilNext());
    assertThat(Failed.detail(refused, QuotaFailure.class).orElseThrow().getViolationsList())
        .containsExactly(
            QuotaFailure.Violation.newBuilder()
                .setSubject("organization")
                .setDescription("5000000 bytes per second")
                .setQuotaId("bytes")
                .setQuotaValue(5_000_000)
                .build());
  }

  @Test
  void rateLimited_isARowOfTheTable() {
    StatusRuntimeException refused = Errors.rateLimited(new RateDecision(List.of(BYTES)));

    assertThat(Errors.isOfTheTable(refused.getStatus(), refused.getTrailers())).isTrue();
  }
}
