package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.steps.AStep;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gRPC itself may ask for, over a socket. */
class GrpcMannersTest {

  private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
  private static final ListWorkflowStepsRequest LIST =
      ListWorkflowStepsRequest.getDefaultInstance();

  private final Edge edge = new Edge();
  private final String apiKey = edge.key("acme");
  private final Seen seen = new Seen();
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port()).usePlaintext().build();

  @AfterEach
  void stop() {
    channel.shutdownNow();
    edge.close();
  }

  @Test
  void start_onATakenPort_leavesNothingRunning() {
    GrpcServer second = Edge.server(edge.server.port());
    assertThatThrownBy(second::start).isInstanceOf(StartupException.class);

    assertThatThrownBy(
            () ->
                Futures.getUnchecked(
                    second.call(
                        WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName(),
                        LIST.toByteArray(),
                        new Metadata(),
                        InetAddress.getLoopbackAddress(),
                        Duration.ofSeconds(10),
                        (message, headers, written) -> message)))
        .cause()
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  @Rule("grpc-reflection")
  void reflection_namesTheServices_withoutAKey() throws InterruptedException {
    BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(into(answers));
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answers.poll(30, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "workflows.v1.WorkflowStepsService",
            "workflows.v1.WorkflowArtifactsService",
            "grpc.health.v1.Health");
    requests.onCompleted();
  }

  @Test
  @Rule("grpc-health")
  void health_isToldForTheWholeAndForEachService_andWatched() {
    for (String service :
        List.of(
            "", WorkflowStepsServiceGrpc.SERVICE_NAME, WorkflowArtifactsServiceGrpc.SERVICE_NAME)) {
      assertThat(HealthGrpc.newBlockingStub(channel).check(health(service)).getStatus())
          .as(service)
          .isEqualTo(ServingStatus.NOT_SERVING);
    }
    Iterator<HealthCheckResponse> watched =
        HealthGrpc.newBlockingStub(channel).watch(health(WorkflowStepsServiceGrpc.SERVICE_NAME));
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    edge.readiness.begin(List.of());
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    edge.readiness.drain();
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  @Timeout(60)
  void drain_doesNotWaitForThoseWhoWatchTheHealth() {
    Iterator<HealthCheckResponse> watched =
        HealthGrpc.newBlockingStub(channel).watch(health(WorkflowStepsServiceGrpc.SERVICE_NAME));
    assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);

    edge.server.drain(Duration.ofHours(1));

    assertThatThrownBy(() -> watched.forEachRemaining(answer -> {}))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  @Rule("grpc-health")
  void watchesOfAConnection_areBounded_andMakeRoomWhenTheyEnd() throws InterruptedException {
    BlockingQueue<HealthCheckResponse> watched = new LinkedBlockingQueue<>();
    List<CancellableContext> contexts = new ArrayList<>();
    for (int i = 0; i < Watches.MAX_PER_CONNECTION; i++) {
      CancellableContext context = Context.current().withCancellation();
      contexts.add(context);
      context.run(() -> HealthGrpc.newStub(channel).watch(health(""), into(watched)));
    }
    for (int i = 0; i < Watches.MAX_PER_CONNECTION; i++) {
      assertThat(watched.take().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    StatusRuntimeException refused =
        Failed.call(() -> HealthGrpc.newBlockingStub(channel).check(health("")));
    assertThat(Failed.reason(refused)).isEqualTo("UNAVAILABLE");
    assertThat(refused.getStatus().getDescription()).contains("16 open calls");
    assertThat(HealthGrpc.newBlockingStub(edge.channel).check(health("")).getStatus())
        .isEqualTo(ServingStatus.NOT_SERVING);

    contexts.forEach(context -> context.cancel(null));
    await()
        .until(
            () -> Failed.call(() -> HealthGrpc.newBlockingStub(channel).check(health(""))) == null);
  }

  @Test
  @Rule("grpc-request-id")
  void requestId_comesBackInTheTrailers_ofSuccessesToo() {
    Metadata named = new Metadata();
    named.put(REQUEST_ID, "my-id.1");

    stub(named).listWorkflowSteps(LIST);
    assertThat(seen.trailers.get(REQUEST_ID)).isEqualTo("my-id.1");
    stub(new Metadata()).listWorkflowSteps(LIST);
    assertThat(seen.trailers.get(REQUEST_ID)).startsWith("req_");
  }

  @Test
  @Rule("grpc-compression")
  void answers_areCompressed_onlyIfTheCallIs() {
    record(20);

    stub(new Metadata()).listWorkflowSteps(LIST);
    assertThat(seen.headers.get(key("grpc-encoding"))).isIn(null, "identity");
    ListWorkflowStepsResponse page =
        stub(new Metadata()).withCompression("gzip").listWorkflowSteps(LIST);
    assertThat(seen.headers.get(key("grpc-encoding"))).isEqualTo("gzip");
    assertThat(page.getDataCount()).isEqualTo(20);
  }

  @Test
  @Rule("grpc-deadline")
  void deadlineThatHasPassed_isDeadlineExceeded() {
    Metadata headers = new Metadata();
    headers.put(key("grpc-timeout"), "1n");

    StatusRuntimeException failure = Failed.call(() -> stub(headers).listWorkflowSteps(LIST));

    assertThat(failure.getStatus().getCode())
        .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);
  }

  @Test
  @Rule("error-details")
  void methodThatThereIsNot_isUnimplemented_withItsReason() {
    for (String method : List.of("workflows.v1.WorkflowStepsService/Nothing", "a.B/C")) {
      StatusRuntimeException failure =
          Failed.call(
              () ->
                  io.grpc.stub.ClientCalls.blockingUnaryCall(
                      channel,
                      WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().toBuilder()
                          .setFullMethodName(method)
                          .build(),
                      CallOptions.DEFAULT,
                      LIST));

      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(Failed.reason(failure)).isEqualTo("UNIMPLEMENTED");
      assertThat(failure.getTrailers().get(REQUEST_ID)).startsWith("req_");
    }
  }

  @Test
  @Rule("error-details")
  void callWithoutAMessage_isMalformed() throws InterruptedException {
    BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
    BlockingQueue<Metadata> trailers = new LinkedBlockingQueue<>();
    ClientCall<ListWorkflowStepsRequest, ListWorkflowStepsResponse> call =
        channel.newCall(WorkflowStepsServiceGrpc.getListWorkflowStepsMethod(), CallOptions.DEFAULT);
    Metadata headers = new Metadata();
    headers.put(CallHeaders.API_KEY, apiKey);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata with) {
            trailers.add(with);
            ends.add(status);
          }
        },
        headers);
    call.request(1);
    call.halfClose();

    Status status = ends.poll(30, TimeUnit.SECONDS);
    assertThat(Failed.reason(status.asRuntimeException(trailers.take())))
        .isEqualTo("MALFORMED_REQUEST");
  }

  private void record(int steps) {
    RecordWorkflowStepsRequest.Builder request = RecordWorkflowStepsRequest.newBuilder();
    for (int i = 0; i < steps; i++) {
      request.addSteps(AStep.named("step-" + i).build());
    }
    stub(new Metadata()).recordWorkflowSteps(request.build());
  }

  private WorkflowStepsServiceBlockingStub stub(Metadata headers) {
    headers.put(CallHeaders.API_KEY, apiKey);
    return WorkflowStepsServiceGrpc.newBlockingStub(
        ClientInterceptors.intercept(
            channel, seen, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private static HealthCheckRequest health(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static <T> StreamObserver<T> into(BlockingQueue<T> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T answer) {
        answers.add(answer);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }

  /** Keeps what comes around the answer. */
  private static final class Seen implements ClientInterceptor {

    private volatile Metadata headers = new Metadata();
    private volatile Metadata trailers = new Metadata();

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata sent) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  headers = received;
                  super.onHeaders(received);
                }

                @Override
                public void onClose(Status status, Metadata received) {
                  trailers = received;
                  super.onClose(status, received);
                }
              },
              sent);
        }
      };
    }
  }
}
