package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.UncheckedExecutionException;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StoredStep;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers see of a server that stops. */
class DrainTest {

  private static final int STOPS = 8;
  private static final int CONNECTIONS = 16;

  private static final ListWorkflowStepsRequest LIST =
      ListWorkflowStepsRequest.getDefaultInstance();

  /** A client without any retry loses no call that it sent before it saw that the server stops. */
  @Test
  @Timeout(120)
  void drain_underLoad_losesNoCall() throws Exception {
    for (int stop = 0; stop < STOPS; stop++) {
      try (Edge edge = new Edge()) {
        String key = edge.key("acme");
        Queue<String> lost = new ConcurrentLinkedQueue<>();
        AtomicInteger served = new AtomicInteger();
        List<ManagedChannel> channels = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          ManagedChannel channel = connected(edge);
          channels.add(channel);
          callers.add(new Thread(() -> callUntilRefused(channel, key, served, lost)));
        }
        callers.forEach(Thread::start);
        await().until(() -> served.get() > 10 * CONNECTIONS);

        edge.server.drain(Duration.ofMinutes(1));

        for (Thread caller : callers) {
          caller.join();
        }
        channels.forEach(ManagedChannel::shutdownNow);
        assertThat(lost).as("of stop %d, after %d served", stop, served.get()).isEmpty();
      }
    }
  }

  @Test
  @Timeout(60)
  void callThatTheDrainCutsOff_isUnavailable_andItsWorkIsCancelled() throws Exception {
    for (boolean sameProcess : List.of(false, true)) {
      HangingStore store = new HangingStore();
      try (Edge edge = new Edge(store)) {
        String key = edge.key("acme");
        CompletableFuture<StatusRuntimeException> failure =
            CompletableFuture.supplyAsync(
                () -> Failed.call(() -> list(edge, key, sameProcess)), OwnThread.EACH);
        store.called.await();

        edge.server.drain(Duration.ofMillis(100));

        assertThat(failure.get().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Errors.isOfTheTable(failure.get().getStatus(), failure.get().getTrailers()))
            .isTrue();
        assertThat(failure.get().getStatus().getDescription())
            .isEqualTo(
                Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE).getStatus().getDescription());
        store.cancelled.await();
      }
    }
  }

  private static void list(Edge edge, String key, boolean sameProcess) {
    if (!sameProcess) {
      var unused = stub(edge.channel, key).listWorkflowSteps(LIST);
      return;
    }
    try {
      var unused =
          Futures.getUnchecked(
              edge.server.call(
                  WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName(),
                  LIST.toByteArray(),
                  Edge.headers(key),
                  InetAddress.getLoopbackAddress(),
                  Duration.ofSeconds(30),
                  (message, headers, written) -> message));
    } catch (UncheckedExecutionException e) {
      throw (StatusRuntimeException) e.getCause();
    }
  }

  private static void callUntilRefused(
      Channel channel, String key, AtomicInteger served, Queue<String> lost) {
    while (true) {
      Sent sent = new Sent();
      StatusRuntimeException failure =
          Failed.call(() -> stub(channel, key).withInterceptors(sent).listWorkflowSteps(LIST));
      if (failure == null) {
        served.incrementAndGet();
      } else {
        if (sent.headers || failure.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          lost.add(failure + ", caused by " + failure.getCause());
        }
        return;
      }
    }
  }

  /** Whether a call was sent: one without a connection, or after the GOAWAY was seen, never was. */
  private static final class Sent extends ClientStreamTracer.Factory implements ClientInterceptor {

    volatile boolean headers;

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(method, options.withStreamTracerFactory(this));
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo stream, Metadata metadata) {
      return new ClientStreamTracer() {
        @Override
        public void outboundHeaders() {
          headers = true;
        }
      };
    }
  }

  private static ManagedChannel connected(Edge edge) {
    return NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port())
        .usePlaintext()
        .disableRetry()
        .build();
  }

  private static WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub stub(
      Channel channel, String key) {
    Metadata headers = Edge.headers(key);
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Reads until the call is cancelled. */
  private static final class HangingStore extends InMemoryStepStore {

    final CountDownLatch called = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);

    @Override
    public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
      try (Call.Registration ignored = call.onCancel(cancelled::countDown)) {
        called.countDown();
        cancelled.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new FailedCallException(FailedCallException.Reason.CANCELLED, "cancelled");
    }
  }
}
