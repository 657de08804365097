package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** An error of the program is an answer like any other, and is counted. */
class ProgramErrorsTest {

  private static final String GET =
      "GET /v1/workflows/steps HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

  private final Queue<String> counted = new ConcurrentLinkedQueue<>();

  @Test
  void callThatThrows_is500_andCounted() throws Exception {
    assertInternal(
        (method, message, headers, options) -> {
          throw new IllegalStateException("secret");
        });
  }

  @Test
  void answerThatCannotBeRead_is500_andCounted() throws Exception {
    UnaryResponse broken = new UnaryResponse(new byte[0], null, () -> {});

    assertInternal((method, message, headers, options) -> Futures.immediateFuture(broken));
  }

  private void assertInternal(UnaryChannel upstream) throws Exception {
    try (RestServer rest =
        new RestServer(
            new RestOptions("127.0.0.1", 0, Duration.ofMinutes(1), Duration.ZERO, List.of()),
            ConnectionGuard.NONE,
            upstream,
            StepsServiceProto.getDescriptor().getServices(),
            List.of(),
            (route, method, status, nanos) -> counted.add(route + " " + method + " " + status),
            AccessLog.OFF)) {
      rest.start();
      for (String end : List.of("\r\n", "Content-Length: 3\r\n\r\nabc")) {
        assertThat(RawHttp.exchange(rest.port(), GET + end))
            .startsWith("HTTP/1.1 500")
            .contains("\"internal\"", "x-request-id: req_")
            .doesNotContain("secret");
      }
    }
    await()
        .untilAsserted(
            () ->
                assertThat(counted)
                    .containsExactly("/v1/workflows/steps GET 500", "/v1/workflows/steps GET 500"));
  }
}
