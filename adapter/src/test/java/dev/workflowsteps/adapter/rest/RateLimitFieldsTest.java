package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.server.Rule;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitFieldsTest {

  private static final String LEFT = "\"requests\";r=0;t=1";
  private static final String POLICY = "\"requests\";q=50;w=1";

  @Test
  @Rule("rate-limit-headers")
  void fieldsOfTheServersResponses_reachTheCaller_alsoOfErrors() {
    UnaryResponse page =
        new UnaryResponse(
            ListWorkflowStepsResponse.getDefaultInstance().toByteArray(), fields(), () -> {});

    assertFields(HttpStatus.OK, Futures.immediateFuture(page));
    assertFields(
        HttpStatus.SERVICE_UNAVAILABLE,
        Futures.immediateFailedFuture(Status.UNAVAILABLE.asRuntimeException(fields())));
  }

  @Test
  @Rule("rate-limit-headers")
  void withoutALimit_thereAreNone() {
    UnaryResponse page =
        new UnaryResponse(
            ListWorkflowStepsResponse.getDefaultInstance().toByteArray(), new Metadata(), () -> {});

    ResponseHeaders headers = response(Futures.immediateFuture(page)).headers();

    assertThat(headers.names()).noneMatch(name -> name.toString().startsWith("ratelimit"));
  }

  private static void assertFields(HttpStatus status, ListenableFuture<UnaryResponse> answer) {
    AggregatedHttpResponse response = response(answer);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.headers().getAll("RateLimit")).containsExactly(LEFT);
    assertThat(response.headers().getAll("RateLimit-Policy")).containsExactly(POLICY);
  }

  private static AggregatedHttpResponse response(ListenableFuture<UnaryResponse> answer) {
    try (RestServer rest =
        TestRest.server(
            new RestOptions(
                "127.0.0.1", 0, Duration.ofSeconds(30), Duration.ofSeconds(1), List.of()),
            ConnectionGuard.NONE,
            (method, request, headers, timeout) -> answer)) {
      rest.start();
      return WebClient.of("http://127.0.0.1:" + rest.port())
          .get("/v1/workflows/steps")
          .aggregate()
          .join();
    }
  }

  private static Metadata fields() {
    Metadata fields = new Metadata();
    fields.put(CallHeaders.RATE_LIMIT, LEFT);
    fields.put(CallHeaders.RATE_LIMIT_POLICY, POLICY);
    return fields;
  }
}
