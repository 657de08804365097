package dev.workflowsteps.adapter.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorInfo;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListMetadata;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.proto.v1.WorkflowArtifact;
import dev.workflowsteps.server.grpc.Failed;
import dev.workflowsteps.server.grpc.RawBytes;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                Messages.of(question.kind(), question.pairs()).build().toByteArray(),
                List.of(new Request.Header("api-key", key))));
    assertThat(answer.error()).as("%s", question).isNull();
    return answer;
  }

  @Override
  public Answer ask(Request asked) throws InvalidProtocolBufferException {
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    try {
      byte[] message =
          call(asked.kind().fullMethodName(), asked.message(), asked.headers(), trailers);
      return read(asked.kind(), message, ids(trailers.get()));
    } catch (StatusRuntimeException e) {
      return error(e);
    }
  }

  /** Calls any method; of an answer that is no error there is no more than that. */
  public Answer call(String fullMethodName, byte[] message, List<Request.Header> headers) {
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    try {
      byte[] answered = call(fullMethodName, message, headers, trailers);
      return Answer.rows(List.of(), null, null, ids(trailers.get()), answered.length);
    } catch (StatusRuntimeException e) {
      return error(e);
    }
  }

  private byte[] call(
      String fullMethodName,
      byte[] message,
      List<Request.Header> sent,
      AtomicReference<Metadata> trailers) {
    Metadata headers = new Metadata();
    sent.forEach(header -> headers.put(key(header.name()), header.value()));
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(
            channel,
            MetadataUtils.newAttachHeadersInterceptor(headers),
            MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers)),
        RawBytes.method(MethodType.UNARY, fullMethodName),
        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
        message);
  }

  private static Answer error(StatusRuntimeException e) {
    com.google.rpc.Status status = StatusProto.fromThrowable(e);
    assertThat(status.getMessage()).as("%s", status).isNotEmpty();
    assertThat(status.getSerializedSize()).as("%s", status).isLessThan(4 << 10);
    Optional<ErrorInfo> info = Failed.detail(e, ErrorInfo.class);
    info.ifPresent(i -> assertThat(i.getDomain()).isEqualTo("workflows.v1"));
    List<String> fields = new ArrayList<>();
    Failed.detail(e, Violations.class)
        .ifPresent(
            violations -> {
              violations.getViolationsList().forEach(one -> fields.add(one.getField()));
              if (violations.getOmitted() > 0) {
                fields.add("+" + violations.getOmitted());
              }
            });
    return Answer.error(
        new Answer.Error(
            e.getStatus().getCode().name(),
            info.map(ErrorInfo::getReason).orElse(""),
            status.getMessage(),
            fields,
            status.toString()),
        ids(e.getTrailers()));
  }

  private static Answer read(Kind kind, byte[] message, List<String> ids)
      throws InvalidProtocolBufferException {
    return switch (kind) {
      case LIST_STEPS -> {
        ListWorkflowStepsResponse page = ListWorkflowStepsResponse.parseFrom(message);
        List<Row> rows = page.getDataList().stream().map(Row::of).toList();
        yield page(rows, page.getListMetadata(), ids, message.length);
      }
      case COUNT_STEPS -> {
        // As gRPC's own library writes it, each key included.
        String json =
            JsonFormat.printer()
                .alwaysPrintFieldsWithNoPresence()
                .omittingInsignificantWhitespace()
                .print(CountWorkflowStepsResponse.parseFrom(message));
        yield Answer.counts(json, ids, message.length);
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

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
