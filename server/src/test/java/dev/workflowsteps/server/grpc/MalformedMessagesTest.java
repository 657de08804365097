package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.server.Rule;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.ClientCalls;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Health and reflection need no key, so anybody may send them anything. */
class MalformedMessagesTest {

  private final Edge edge = new Edge();
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port()).usePlaintext().build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    edge.close();
  }

  @Test
  @Rule("error-details")
  void messageThatIsNoProtobuf_isMalformed_andLeavesTheLogAlone() {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(logged);
    try {
      for (MethodDescriptor<?, ?> method :
          List.of(
              HealthGrpc.getCheckMethod(),
              HealthGrpc.getWatchMethod(),
              ServerReflectionGrpc.getServerReflectionInfoMethod())) {
        StatusRuntimeException failure = Failed.call(() -> call(method));

        assertThat(failure.getStatus().getCode())
            .as(method.getFullMethodName())
            .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(Failed.reason(failure)).isEqualTo("MALFORMED_REQUEST");
      }
    } finally {
      root.detachAppender(logged);
    }
    assertThat(logged.list).isEmpty();
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatusValue())
        .isPositive();
  }

  private byte[] call(MethodDescriptor<?, ?> method) {
    byte[] malformed = {(byte) 0xff};
    return ClientCalls.blockingServerStreamingCall(
            channel,
            RawBytes.method(MethodType.SERVER_STREAMING, method.getFullMethodName()),
            CallOptions.DEFAULT,
            malformed)
        .next();
  }
}
