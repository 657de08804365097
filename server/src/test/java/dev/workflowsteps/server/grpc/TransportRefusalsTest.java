package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.CapturedLog;
import dev.workflowsteps.server.Rule;
import io.grpc.Channel;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gRPC's transport refuses before there is a call, over a socket. */
class TransportRefusalsTest {

  private static final ListWorkflowStepsRequest LIST =
      ListWorkflowStepsRequest.getDefaultInstance();

  private final Edge edge = new Edge();
  private final String apiKey = edge.key("acme");
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port()).usePlaintext().build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    edge.close();
  }

  @Test
  @Rule("error-transport")
  void compressionThatNobodyKnows_isUnimplemented() {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(new Unknown());
    ManagedChannel odd =
        NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port())
            .usePlaintext()
            .compressorRegistry(registry)
            .build();
    try {
      StatusRuntimeException failure =
          Failed.call(
              () -> stub(odd, new Metadata()).withCompression("unknown").listWorkflowSteps(LIST));
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    } finally {
      odd.shutdownNow();
    }
  }

  @Test
  @Rule("grpc-limits")
  void metadataOver8KiB_areRefused_andTheConnectionGoesOn() {
    Metadata most = new Metadata();
    most.put(key("x-a"), "a".repeat(7_000));
    Metadata tooMany = new Metadata();
    tooMany.put(key("x-a"), "a".repeat(9_000));

    assertThat(stub(most).listWorkflowSteps(LIST).getDataCount()).isZero();
    assertThat(Failed.call(() -> stub(tooMany).listWorkflowSteps(LIST))).isNotNull();
    assertThat(stub(most).listWorkflowSteps(LIST).getDataCount()).isZero();
  }

  @Test
  @Rule("grpc-limits")
  void messageOver16MiB_isResourceExhausted() {
    StatusRuntimeException failure =
        Failed.call(() -> stub(new Metadata()).recordWorkflowSteps(over16MiB()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  @Rule("error-transport")
  void deadlineThatCannotBeRead_endsTheCall_andShowsNothing() {
    for (String timeout : List.of("", "soon", "5", "1x", "-1S", "123456789S")) {
      Metadata headers = new Metadata();
      headers.put(key("grpc-timeout"), timeout);

      StatusRuntimeException failure = Failed.call(() -> stub(headers).listWorkflowSteps(LIST));

      assertThat(failure).as(timeout).isNotNull();
      assertThat(String.valueOf(failure.getStatus().getDescription()))
          .doesNotContain("Exception", "java.", "dev.workflowsteps");
    }
    assertThat(stub(new Metadata()).listWorkflowSteps(LIST).getDataCount()).isZero();
  }

  /** Which grpc-java resets without closing them. */
  @Test
  @Timeout(60)
  void drain_doesNotWaitForCallsWhoseDeadlineCannotBeRead() {
    Metadata headers = new Metadata();
    headers.put(key("grpc-timeout"), "soon");
    Failed.call(() -> stub(headers).listWorkflowSteps(LIST));

    edge.server.drain(Duration.ofHours(1));
  }

  @Test
  void callsThatBreakTheirStream_fillNoLog() {
    try (CapturedLog log = new CapturedLog()) {
      Metadata unreadable = new Metadata();
      unreadable.put(key("grpc-timeout"), "soon");
      Failed.call(() -> stub(unreadable).listWorkflowSteps(LIST));
      Metadata tooLong = new Metadata();
      tooLong.put(key("long"), "a".repeat(9_000));
      Failed.call(() -> stub(tooLong).listWorkflowSteps(LIST));
      Failed.call(() -> stub(new Metadata()).recordWorkflowSteps(over16MiB()));
      stub(new Metadata()).listWorkflowSteps(LIST);

      assertThat(log.lines()).isEmpty();
    }
  }

  private static RecordWorkflowStepsRequest over16MiB() {
    return RecordWorkflowStepsRequest.newBuilder()
        .addSteps(WorkflowStep.newBuilder().setBlockLabel("a".repeat(17 << 20)))
        .build();
  }

  private WorkflowStepsServiceBlockingStub stub(Metadata headers) {
    return stub(channel, headers);
  }

  private WorkflowStepsServiceBlockingStub stub(Channel to, Metadata headers) {
    headers.put(CallHeaders.API_KEY, apiKey);
    return WorkflowStepsServiceGrpc.newBlockingStub(to)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Compresses nothing, and says so by a name that nobody knows. */
  private static final class Unknown implements Compressor {
    @Override
    public String getMessageEncoding() {
      return "unknown";
    }

    @Override
    public OutputStream compress(OutputStream stream) throws IOException {
      return Codec.Identity.NONE.compress(stream);
    }
  }
}
