package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an address that sends wrong keys meets. */
class WrongKeyCallsTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Edge edge = edge("10.0.0.0/8");
  private final String key = edge.key("acme");

  private static Edge edge(String trusted) {
    return new Edge(
        new InMemoryStepStore(),
        Map.of("wrong-keys-per-minute", "3", "trusted-addresses", trusted));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  @Rule({"wrong-keys", "key-first"})
  void addressOfTooManyWrongKeys_isRefusedWhateverItsKey_andIsNotToldWhy() {
    assertThat(reason(Edge.headers(ApiKey.generate(RANDOM).text()))).isEqualTo("UNAUTHENTICATED");
    assertThat(reason(Edge.headers("no key"))).isEqualTo("UNAUTHENTICATED");
    Metadata basic = new Metadata();
    basic.put(CallHeaders.AUTHORIZATION, "Basic " + key);
    assertThat(list(Edge.headers(key))).isNull();
    assertThat(reason(basic)).isEqualTo("UNAUTHENTICATED");

    int asked = edge.stores.keys.finds();
    for (Metadata headers : new Metadata[] {Edge.headers(key), basic, new Metadata()}) {
      StatusRuntimeException refused = list(headers);
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(Failed.reason(refused)).isEqualTo("RATE_LIMITED");
      assertThat(refused.getStatus().getDescription().toLowerCase(Locale.ROOT))
          .doesNotContain("key");
      assertThat(Failed.detail(refused, QuotaFailure.class)).isEmpty();
      assertThat(Failed.detail(refused, RetryInfo.class).orElseThrow().getRetryDelay().getSeconds())
          .isBetween(30L, 60L);
      assertThat(refused.getTrailers().containsKey(CallHeaders.REQUEST_ID)).isTrue();
    }
    assertThat(edge.stores.keys.finds()).isEqualTo(asked);
    assertThat(
            HealthGrpc.newBlockingStub(edge.channel).check(HealthCheckRequest.getDefaultInstance()))
        .isNotNull();
  }

  @Test
  @Rule("wrong-keys")
  void requestsWithoutAKey_countNothing() {
    for (int i = 0; i < 20; i++) {
      assertThat(reason(new Metadata())).isEqualTo("UNAUTHENTICATED");
    }

    assertThat(list(Edge.headers(key))).isNull();
  }

  @Test
  @Rule("wrong-keys")
  void trustedAddress_isNotRefused() {
    try (Edge trusting = edge("127.0.0.1")) {
      for (int i = 0; i < 20; i++) {
        StatusRuntimeException refused =
            Failed.call(
                () ->
                    trusting
                        .steps(Edge.headers("no key"))
                        .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
        assertThat(Failed.reason(refused)).isEqualTo("UNAUTHENTICATED");
      }
    }
  }

  private String reason(Metadata headers) {
    return Failed.reason(list(headers));
  }

  /** Null if the call does not fail. */
  private StatusRuntimeException list(Metadata headers) {
    return Failed.call(
        () -> edge.steps(headers).listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
  }
}
