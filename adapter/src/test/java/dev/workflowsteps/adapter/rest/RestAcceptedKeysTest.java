package dev.workflowsteps.adapter.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A connection has shown a key once the server says so, whatever becomes of the call. */
class RestAcceptedKeysTest {

  private final Queue<String> organizations = new ConcurrentLinkedQueue<>();
  private volatile ListenableFuture<UnaryResponse> answer;
  private volatile Metadata sent;

  private final ConnectionGuard guard =
      new ConnectionGuard() {
        @Override
        public ChannelHandler acceptor() {
          return new ChannelInboundHandlerAdapter();
        }

        @Override
        public void authenticated(SocketAddress peer, String organizationId) {
          organizations.add(organizationId);
        }
      };

  private final RestServer rest =
      TestRest.server(
          new RestOptions("127.0.0.1", 0, Duration.ofSeconds(30), Duration.ZERO, List.of()),
          guard,
          (method, request, headers, options) -> {
            sent = headers;
            return answer;
          });

  @BeforeEach
  void start() {
    rest.start();
  }

  @AfterEach
  void stop() {
    rest.close();
  }

  @Test
  void answer_countsIfItNamesTheOrganization() throws Exception {
    answer = page(new Metadata());
    get();
    assertThat(organizations).isEmpty();
    assertThat(sent.get(CallHeaders.ORGANIZATION)).isEmpty();

    answer = page(ofOrganization());
    get();
    assertThat(organizations).containsExactly("acme");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "OK")
  void failure_countsIfItNamesTheOrganization(Status.Code code) throws Exception {
    answer = Futures.immediateFailedFuture(code.toStatus().asRuntimeException());
    get();
    answer = Futures.immediateFailedFuture(code.toStatus().asRuntimeException(new Metadata()));
    get();
    assertThat(organizations).isEmpty();

    answer = Futures.immediateFailedFuture(code.toStatus().asRuntimeException(ofOrganization()));
    get();
    assertThat(organizations).containsExactly("acme");
  }

  private static ListenableFuture<UnaryResponse> page(Metadata headers) {
    return Futures.immediateFuture(
        new UnaryResponse(
            ListWorkflowStepsResponse.getDefaultInstance().toByteArray(), headers, () -> {}));
  }

  private static Metadata ofOrganization() {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.ORGANIZATION, "acme".getBytes(UTF_8));
    return headers;
  }

  private void get() throws Exception {
    var unused =
        RawHttp.exchange(
            rest.port(),
            "GET /v1/workflows/steps HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  }
}
