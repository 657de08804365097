package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnaryChannelTest {

  static Stream<Status> lostConnections() {
    return Stream.of(
        Status.UNAVAILABLE.withCause(new IOException("Connection reset by peer")),
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException()),
        Status.INTERNAL
            .withDescription("http2 exception")
            .withCause(Http2Exception.streamError(3, Http2Error.STREAM_CLOSED, "closed")));
  }

  /** Which of them it is depends on what the connection did when it was lost. */
  @ParameterizedTest
  @MethodSource("lostConnections")
  void connectionThatIsLost_isUnavailable(Status status) {
    Status failure = failure(status);

    assertThat(failure.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getCause()).isSameAs(status.getCause());
  }

  @Test
  void statusThatTheServerSent_staysAsItIs() {
    assertThat(failure(Status.UNKNOWN).getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(failure(Status.INTERNAL).getCode()).isEqualTo(Status.Code.INTERNAL);
  }

  /** It is logged as such, and another server would fail too. */
  @Test
  void errorOfTheProgram_staysAsItIs() {
    Status error = Status.INTERNAL.withCause(new IllegalStateException());
    Status frame =
        Status.INTERNAL.withCause(Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "bad"));

    assertThat(failure(error).getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure(frame).getCode()).isEqualTo(Status.Code.INTERNAL);
  }

  private static Status failure(Status status) {
    Throwable failure =
        catchThrowableOfType(
            ExecutionException.class,
            () ->
                UnaryChannel.of(new FailingChannel(status))
                    .call(FakeServer.READ, new byte[0], new Metadata(), CallOptions.DEFAULT)
                    .get());
    return ((StatusRuntimeException) failure.getCause()).getStatus();
  }

  /** Each call ends with this status. */
  private static final class FailingChannel extends Channel {

    private final Status status;

    FailingChannel(Status status) {
      this.status = status;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      return new ClientCall<>() {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          listener.onClose(status, new Metadata());
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(String message, Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "test";
    }
  }
}
