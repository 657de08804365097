package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.upstream.LimitedChannel;
import dev.workflowsteps.adapter.upstream.LimitedChannel.AddressLimit;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.server.Rule;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses whose requests are refused, and what makes them so. */
class LimitedAddressesTest {

  private static final ListenableFuture<UnaryResponse> PAGE =
      Futures.immediateFuture(
          new UnaryResponse(
              ListWorkflowStepsResponse.getDefaultInstance().toByteArray(),
              new Metadata(),
              () -> {}));

  private final List<InetAddress> wrong = new ArrayList<>();
  private final List<String> begun = new ArrayList<>();
  private boolean hasTooMany;
  private Optional<Duration> refusal = Optional.empty();
  private ListenableFuture<UnaryResponse> answer = PAGE;
  private int calls;

  private final AddressLimit limit =
      new AddressLimit() {
        @Override
        public Optional<Duration> refusal(InetAddress address) {
          return refusal;
        }

        @Override
        public Optional<Runnable> begin(InetAddress address, String key) {
          begun.add(key);
          return hasTooMany ? Optional.empty() : Optional.of(() -> begun.remove(key));
        }

        @Override
        public void addWrongKey(InetAddress address) {
          wrong.add(address);
        }
      };

  private final RestServer rest =
      TestRest.server(
          new RestOptions(
              "127.0.0.1",
              0,
              Duration.ofSeconds(30),
              Duration.ofSeconds(1),
              List.of(),
              Optional.empty()),
          ConnectionGuard.NONE,
          new LimitedChannel(
              (method, request, headers, options) -> {
                calls++;
                return answer;
              },
              limit));

  @BeforeEach
  void start() {
    rest.start();
  }

  @AfterEach
  void stop() {
    rest.close();
  }

  @Test
  @Rule("wrong-keys")
  void refusedAddress_isTold429_whateverItsKey_andNoCallIsMade() {
    refusal = Optional.of(Duration.ofMillis(41_001));

    for (String key : List.of("", "wfs_some")) {
      AggregatedHttpResponse response = get("/v1/workflows/steps?limit=0", key);
      assertThat(response.status().code()).isEqualTo(429);
      assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("42");
      assertThat(response.contentUtf8())
          .contains("\"code\":\"rate_limited\"")
          .satisfies(body -> assertThat(body.toLowerCase(Locale.ROOT)).doesNotContain("key"));
    }
    assertThat(calls).isZero();
    assertThat(get("/v1/nothing", "").status().code()).isEqualTo(404);
    assertThat(get("/v1/workflows/steps?run_id=%ff", "").status().code()).isEqualTo(400);
  }

  @Test
  @Rule("wrong-keys")
  void wrongKey_counts_butNoneDoesNot_norDoesAnyOtherFailure() {
    for (Status.Code code : Status.Code.values()) {
      if (code != Status.Code.OK) {
        answer = Futures.immediateFailedFuture(code.toStatus().asRuntimeException());
        get("/v1/workflows/steps", "");
        assertThat(wrong).isEmpty();
        get("/v1/workflows/steps", "wfs_some");
        assertThat(wrong).hasSize(code == Status.Code.UNAUTHENTICATED ? 1 : 0);
        wrong.clear();
        assertThat(begun).isEmpty();
      }
    }
    answer = PAGE;

    assertThat(get("/v1/workflows/steps", "wfs_some").status().code()).isEqualTo(200);

    assertThat(wrong).isEmpty();
    assertThat(begun).isEmpty();
  }

  @Test
  void addressOfTooManyKeysAtATime_isUnavailable_andNoCallIsMade() {
    hasTooMany = true;

    assertThat(get("/v1/workflows/steps", "wfs_some").status().code()).isEqualTo(503);
    assertThat(begun).containsExactly("wfs_some null");
    assertThat(calls).isZero();
    assertThat(get("/v1/workflows/steps", "").status().code()).isEqualTo(200);
  }

  @Test
  @Rule("wrong-keys")
  void address_isThatOfTheConnection_whateverIsForwarded() {
    answer = Futures.immediateFailedFuture(Status.UNAUTHENTICATED.asRuntimeException());

    get("/v1/workflows/steps", "wfs_some");

    assertThat(wrong).containsExactly(InetAddress.getLoopbackAddress());
  }

  private AggregatedHttpResponse get(String path, String key) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.GET, path)
            .set(HttpHeaderNames.X_FORWARDED_FOR, "192.0.2.1")
            .set(HttpHeaderNames.FORWARDED, "for=192.0.2.1");
    if (!key.isEmpty()) {
      headers.set("api-key", key);
    }
    return WebClient.of("http://127.0.0.1:" + rest.port())
        .execute(headers.build())
        .aggregate()
        .join();
  }
}
