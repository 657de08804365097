package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.proto.v1.WorkflowStep;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A client with default limits that sends any bytes as a message. */
final class GrpcClient implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;
  private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");

  private final ManagedChannel channel;

  GrpcClient(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  Answer ask(Asked asked) throws InvalidProtocolBufferException {
    Metadata headers = new Metadata();
    asked.headers().forEach(header -> headers.put(key(header.name()), header.value()));
    AtomicReference<Metadata> answered = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Channel asking =
        ClientInterceptors.intercept(
            channel,
            MetadataUtils.newAttachHeadersInterceptor(headers),
            MetadataUtils.newCaptureMetadataInterceptor(answered, trailers));
    try {
      byte[] message =
          ClientCalls.blockingUnaryCall(
              asking,
              method(asked.kind()),
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
              asked.message());
      return read(asked.kind(), message, ids(trailers.get()));
    } catch (StatusRuntimeException e) {
      return new Answer(code(asked, e), List.of(), null, null, ids(e.getTrailers()));
    }
  }

  private static String code(Asked asked, StatusRuntimeException e)
      throws InvalidProtocolBufferException {
    com.google.rpc.Status status = StatusProto.fromThrowable(e);
    String reason = "";
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        assertThat(detail.unpack(ErrorInfo.class).getDomain()).isEqualTo("workflows.v1");
        reason = detail.unpack(ErrorInfo.class).getReason();
      }
    }
    assertThat(status.getMessage()).as("%s", asked).isNotEmpty();
    assertThat(status.getSerializedSize()).as("%s", asked).isLessThan(4 << 10);
    return e.getStatus().getCode() + " " + reason;
  }

  private static Answer read(Kind kind, byte[] message, List<String> ids)
      throws InvalidProtocolBufferException {
    return switch (kind) {
      case LIST_STEPS -> {
        ListWorkflowStepsResponse page = ListWorkflowStepsResponse.parseFrom(message);
        yield page(
            page.getDataList().stream().map(GrpcClient::shown).toList(),
            page.getListMetadata(),
            ids);
      }
      case GET_STEP -> one(shown(GetWorkflowStepResponse.parseFrom(message).getStep()), ids);
      case LIST_ARTIFACTS -> {
        ListWorkflowArtifactsResponse page = ListWorkflowArtifactsResponse.parseFrom(message);
        yield page(
            page.getDataList().stream().map(GrpcClient::shown).toList(),
            page.getListMetadata(),
            ids);
      }
      case GET_ARTIFACT ->
          one(shown(GetWorkflowArtifactResponse.parseFrom(message).getArtifact()), ids);
    };
  }

  private static Answer one(String row, List<String> ids) {
    return new Answer(null, List.of(row), null, null, ids);
  }

  private static Answer page(List<String> rows, ListMetadata metadata, List<String> ids) {
    return new Answer(
        null,
        rows,
        metadata.hasBefore() ? metadata.getBefore() : null,
        metadata.hasAfter() ? metadata.getAfter() : null,
        ids);
  }

  private static String shown(WorkflowStep step) {
    return Answer.shown(step.getRunId(), step.getStepId(), step.getLifecycle().getStatus());
  }

  private static String shown(WorkflowArtifact artifact) {
    assertThat(artifact.getOperation()).isNotEmpty();
    return artifact.getRecord().toStringUtf8();
  }

  private static List<String> ids(Metadata trailers) {
    List<String> ids = new ArrayList<>();
    Iterable<String> all = trailers == null ? null : trailers.getAll(REQUEST_ID);
    if (all != null) {
      all.forEach(ids::add);
    }
    return ids;
  }

  private static MethodDescriptor<byte[], byte[]> method(Kind kind) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(kind.fullMethodName())
        .setRequestMarshaller(AnyBytes.INSTANCE)
        .setResponseMarshaller(AnyBytes.INSTANCE)
        .build();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private enum AnyBytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
