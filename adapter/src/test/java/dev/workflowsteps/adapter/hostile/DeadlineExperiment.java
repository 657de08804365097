package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.SECONDS;
import static dev.workflowsteps.adapter.hostile.Experiments.report;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.linecorp.armeria.client.RequestOptions;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceFutureStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection whose client takes back a third of its requests, since they take too long. */
class DeadlineExperiment {

  private static final int RATE = 300;
  private static final Duration SLOW = Duration.ofMillis(500);
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofSeconds(10);

  /** Sends a request. */
  private interface Sender {
    /**
     * @param ended told the outcome
     */
    void send(String key, Duration deadline, Consumer<String> ended);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http2", "grpc"})
  void shortDeadlines_failNoOtherCallOfTheConnection(String protocol) throws Exception {
    String experiment = "a third of the deadlines too short over " + protocol;
    try (Data data = new Data()) {
      String quick = data.organization("quick", 20, 500);
      String slow = data.delayed("slow", SLOW);
      try (Server server = Server.start(data, "--database-pool-size=20")) {
        Sender sender = protocol.equals("grpc") ? grpc(server) : http2(server);
        run(sender, quick, quick, 2);
        Map<String, AtomicInteger> outcomes = run(sender, quick, slow, 2 * SECONDS);
        report(experiment, outcomes + "; " + server.metric("workflow_steps_connections_ended"));
        SoftAssertions.assertSoftly(
            softly -> {
              softly.assertThat(outcomes).containsOnlyKeys("long OK", "short late");
              softly
                  .assertThat(server.metric("workflow_steps_connections_ended"))
                  .allMatch(line -> line.endsWith(" 0.0"));
            });
      }
    }
  }

  private static Map<String, AtomicInteger> run(
      Sender sender, String key, String slowKey, int seconds) throws InterruptedException {
    Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    int requests = RATE * seconds;
    CountDownLatch open = new CountDownLatch(requests);
    long begin = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      long due = begin + TimeUnit.SECONDS.toNanos(i) / RATE - System.nanoTime();
      if (due > 0) {
        TimeUnit.NANOSECONDS.sleep(due);
      }
      boolean isShort = i % 3 == 0 && !slowKey.equals(key);
      sender.send(
          isShort ? slowKey : key,
          isShort ? SHORT : LONG,
          outcome -> {
            outcomes
                .computeIfAbsent(
                    (isShort ? "short " : "long ") + outcome, first -> new AtomicInteger())
                .incrementAndGet();
            open.countDown();
          });
    }
    boolean unused = open.await(1, TimeUnit.MINUTES);
    return outcomes;
  }

  private static Sender grpc(Server server) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(server.grpc()).usePlaintext().build();
    return (key, deadline, ended) -> {
      Metadata headers = new Metadata();
      headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
      WorkflowStepsServiceFutureStub stub =
          WorkflowStepsServiceGrpc.newFutureStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
      Futures.addCallback(
          stub.listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()),
          new FutureCallback<ListWorkflowStepsResponse>() {
            @Override
            public void onSuccess(ListWorkflowStepsResponse response) {
              ended.accept("OK");
            }

            @Override
            public void onFailure(Throwable failure) {
              Status.Code code = Status.fromThrowable(failure).getCode();
              ended.accept(code == Status.Code.DEADLINE_EXCEEDED ? "late" : code.name());
            }
          },
          MoreExecutors.directExecutor());
    };
  }

  private static Sender http2(Server server) {
    WebClient client = WebClient.of("h2c://" + server.rest());
    return (key, deadline, ended) -> {
      HttpRequest request =
          HttpRequest.of(RequestHeaders.of(HttpMethod.GET, "/v1/workflows/steps", "api-key", key));
      var unused =
          client
              .execute(request, RequestOptions.builder().responseTimeout(deadline).build())
              .aggregate()
              .handle(
                  (response, failure) -> {
                    if (failure == null) {
                      int status = response.status().code();
                      ended.accept(status == 200 ? "OK" : "" + status);
                    } else {
                      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                      ended.accept(
                          cause instanceof ResponseTimeoutException ? "late" : cause.toString());
                    }
                    return null;
                  });
    };
  }
}
