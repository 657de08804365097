package dev.workflowsteps.adapter.client;

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
public final class GrpcClient implements Client {

  private static final int PATIENCE_SECONDS = 60;
  private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");

  private final ManagedChannel channel;
  private final String key;

  /**
   * @param key of {@link #list}
   */
  public GrpcClient(int port, String key) {
    this.key = key;
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @Override
  public Answer list(Question question) throws IOException {
    Answer answer =
        ask(
            Request.grpc(
                question.kind(),
                Messages.of(question),
                List.of(new Request.Header("api-key", key))));
    assertThat(answer.error()).as("%s: %s", question, answer.text()).isEmpty();
    return answer;
  }

  @Override
  public Answer ask(Request asked) throws InvalidProtocolBufferException {
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
      return Answer.error(
          code(asked, e), StatusProto.fromThrowable(e).toString(), ids(e.getTrailers()));
    }
  }

  private static String code(Request asked, StatusRuntimeException e)
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
        List<Row> rows = page.getDataList().stream().map(Row::of).toList();
        yield page(rows, page.getListMetadata(), ids, message.length);
      }
      case GET_STEP -> {
        Row row = Row.of(GetWorkflowStepResponse.parseFrom(message).getStep());
        yield Answer.rows(List.of(row), null, null, ids, message.length);
      }
      case LIST_ARTIFACTS -> {
        ListWorkflowArtifactsResponse page = ListWorkflowArtifactsResponse.parseFrom(message);
        List<Row> rows = page.getDataList().stream().map(GrpcClient::row).toList();
        yield page(rows, page.getListMetadata(), ids, message.length);
      }
      case GET_ARTIFACT -> {
        Row row = row(GetWorkflowArtifactResponse.parseFrom(message).getArtifact());
        yield Answer.rows(List.of(row), null, null, ids, message.length);
      }
    };
  }

  private static Answer page(List<Row> rows, ListMetadata metadata, List<String> ids, long bytes) {
    return Answer.rows(
        rows,
        metadata.hasBefore() ? metadata.getBefore() : null,
        metadata.hasAfter() ? metadata.getAfter() : null,
        ids,
        bytes);
  }

  private static Row row(WorkflowArtifact artifact) {
    assertThat(artifact.getOperation()).isNotEmpty();
    return Row.artifact(artifact.getRecord().toStringUtf8(), Row.NO_STEP);
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
