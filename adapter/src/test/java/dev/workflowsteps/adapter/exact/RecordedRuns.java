package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.steps.AStep;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs that clients record, each in calls of all its steps: first as they begin, then as they have
 * ended. A client sends a call once the one before is acknowledged, and never one twice.
 */
final class RecordedRuns {

  private static final int CLIENTS = 3;
  private static final int MOST_RUNS = 5_000;
  private static final int VERSIONS = 2;
  private static final int STEPS = 50;
  private static final int LARGE_PAYLOAD_BYTES = 70_000;
  private static final int PATIENCE_SECONDS = 120;

  private final String name;
  private final long seed;

  /** By run: how many versions of it were sent, and how many were acknowledged. */
  private final Map<String, Calls> runs = new ConcurrentHashMap<>();

  private record Calls(int sent, int acknowledged) {}

  RecordedRuns(String name, long seed) {
    this.name = name;
    this.seed = seed;
  }

  /** Begins to record, until the server goes away. */
  Recording record(int port, String key) {
    return new Recording(port, key);
  }

  /** Each run stands as it was acknowledged last, or as the call says that got no answer. */
  void assertPresent(int port, String key) {
    ManagedChannel channel = channel(port);
    try {
      WorkflowStepsServiceBlockingStub stub = stub(channel, key);
      runs.forEach((run, calls) -> assertPresent(run, calls, steps(stub, run)));
    } finally {
      channel.shutdownNow();
    }
  }

  private void assertPresent(String run, Calls calls, List<WorkflowStep> present) {
    List<Integer> versions = new ArrayList<>();
    for (int version = calls.acknowledged(); version <= calls.sent(); version++) {
      if (present.equals(steps(run, version))) {
        versions.add(version);
      }
    }
    assertThat(versions)
        .as("%s: %s, and there are %d steps: %s", run, calls, present.size(), states(present))
        .isNotEmpty();
  }

  private static List<String> states(List<WorkflowStep> steps) {
    return steps.stream()
        .map(step -> step.getStepId() + ' ' + step.getLifecycle().getStatus())
        .toList();
  }

  /** A run's steps in list order, as a version has them; version 0 is none. */
  private List<WorkflowStep> steps(String run, int version) {
    List<WorkflowStep> steps = new ArrayList<>();
    for (int i = 0; version > 0 && i < STEPS; i++) {
      Random random = new Random(seed ^ (run + '/' + i).hashCode());
      steps.add(step(run, version, i, random));
    }
    return steps;
  }

  private static WorkflowStep step(String run, int version, int number, Random random) {
    String id = "step-%02d".formatted(number);
    AStep step =
        AStep.named(id)
            .run(run)
            .block(id)
            .label("version " + version)
            .status(version == VERSIONS ? "completed" : "running")
            .startedAt(Instant.ofEpochSecond(1_700_000_000L + number).toString());
    step.input("kept", json(random, 0, 20));
    step.output("new", json(random, version, 20));
    if (random.nextInt(20) == 0) {
      step.input("kept large", json(random, 0, LARGE_PAYLOAD_BYTES));
      step.output("new large", json(random, version, LARGE_PAYLOAD_BYTES));
    }
    return step.build();
  }

  private static StepHandle json(Random random, int version, int bytes) {
    String text = version + "-" + Long.toHexString(random.nextLong()) + ' ';
    String json = '"' + text.repeat(bytes / text.length() + 1) + '"';
    return AStep.json(json);
  }

  private static List<WorkflowStep> steps(WorkflowStepsServiceBlockingStub stub, String run) {
    ListWorkflowStepsRequest request =
        ListWorkflowStepsRequest.newBuilder().setRunId(run).setLimit(1_000).build();
    ListWorkflowStepsResponse page = patient(stub).listWorkflowSteps(request);
    List<WorkflowStep> steps = new ArrayList<>(page.getDataList());
    while (page.getListMetadata().hasAfter()) {
      String after = page.getListMetadata().getAfter();
      page = patient(stub).listWorkflowSteps(request.toBuilder().setAfter(after).build());
      steps.addAll(page.getDataList());
    }
    return steps;
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static WorkflowStepsServiceBlockingStub stub(ManagedChannel channel, String key) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static WorkflowStepsServiceBlockingStub patient(WorkflowStepsServiceBlockingStub stub) {
    return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The clients at work; closed once they have all seen that the server is gone. */
  final class Recording implements AutoCloseable {

    private final ManagedChannel channel;
    private final WorkflowStepsServiceBlockingStub stub;
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Future<?>> clients = new ArrayList<>();
    private final Semaphore acknowledged = new Semaphore(0);
    private volatile boolean killed;

    private Recording(int port, String key) {
      channel = channel(port);
      stub = stub(channel, key);
      for (int i = 0; i < CLIENTS; i++) {
        String client = name + '-' + i;
        clients.add(threads.submit(() -> recordRuns(client)));
      }
    }

    /** Waits until so many calls are acknowledged. */
    void awaitCalls(int calls) throws InterruptedException {
      assertThat(acknowledged.tryAcquire(calls, PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("%d calls acknowledged; so far %s", calls, runs)
          .isTrue();
    }

    /** From now on calls may fail. */
    void beforeTheKill() {
      killed = true;
    }

    @Override
    public void close() throws InterruptedException, ExecutionException {
      try {
        for (Future<?> client : clients) {
          client.get();
        }
      } finally {
        threads.shutdownNow();
        channel.shutdownNow();
      }
    }

    private void recordRuns(String client) {
      for (int run = 0; run < MOST_RUNS; run++) {
        for (int version = 1; version <= VERSIONS; version++) {
          if (!record(client + '-' + run, version)) {
            return;
          }
        }
      }
    }

    /** Whether the call was acknowledged. */
    private boolean record(String run, int version) {
      runs.put(run, new Calls(version, version - 1));
      RecordWorkflowStepsResponse answer;
      try {
        answer =
            patient(stub)
                .recordWorkflowSteps(
                    RecordWorkflowStepsRequest.newBuilder()
                        .addAllSteps(steps(run, version))
                        .build());
      } catch (StatusRuntimeException e) {
        if (killed) {
          return false;
        }
        throw e;
      }
      runs.put(run, new Calls(version, version));
      acknowledged.release();
      assertThat(answer.getResultsList())
          .hasSize(STEPS)
          .extracting(RecordResult::getOutcome)
          .containsOnly(version == 1 ? "new" : "changed");
      return true;
    }
  }
}
