package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.proto.v1.ListWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowArtifactsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.StepLifecycle;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc.WorkflowArtifactsServiceBlockingStub;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.embedded.TestPostgres;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * A server of an earlier build reads and writes while this build's {@code migrate} changes the
 * schema beneath it, and no request fails. Run by its name, with {@code
 * -Dwfs.test.earlier.jar=FILE}; {@code -Dwfs.test.upgrade.steps=N} replaces the million steps.
 */
class UpgradeTrial {

  private static final int STEPS = Integer.getInteger("wfs.test.upgrade.steps", 1_000_000);
  private static final int STEPS_OF_RUN = 50;
  private static final int RUNS = STEPS / STEPS_OF_RUN;
  private static final int ARTIFACTS_OF_RUN = 10;
  private static final int READERS = 2;
  private static final int WRITERS = 2;
  private static final int SECONDS_AROUND = 5;
  private static final int PATIENCE_SECONDS = 10;

  private final String database = "--database-url=" + TestPostgres.freshDatabaseUrl();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> written = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong slowestNanos = new AtomicLong();
  private volatile boolean stopped;
  private String key;

  /** Whether the earlier build writes when a step ended, as from version 5 of the schema on. */
  private boolean writesEnds;

  private interface Request {
    void send() throws Exception;
  }

  @Test
  void migration_besideAServerOfAnEarlierBuild_failsNoRequest() throws Exception {
    Path earlier = Path.of(System.getProperty("wfs.test.earlier.jar", ""));
    assertThat(earlier).as("-Dwfs.test.earlier.jar").isRegularFile();
    fill(earlier);
    long took;
    try (Program server = Program.startOther(earlier, "ready", serve())) {
      List<Thread> clients = startClients(server);
      TimeUnit.SECONDS.sleep(SECONDS_AROUND);
      System.out.printf("the slowest before took %.2f s%n", slowestNanos.getAndSet(0) / 1e9);
      long before = System.nanoTime();
      String done = Program.run("migrate", database);
      took = System.nanoTime() - before;
      assertThat(done).startsWith("schema ").doesNotContain(" 0 migrations");
      TimeUnit.SECONDS.sleep(SECONDS_AROUND);
      stopped = true;
      for (Thread client : clients) {
        client.join();
      }
    }
    System.out.printf(
        "%,d steps migrated in %.1f s beside a server of an earlier build: %,d requests, %,d runs"
            + " written, %d failed, the slowest took %.2f s%n",
        STEPS,
        took / 1e9,
        requests.get(),
        written.size(),
        failures.size(),
        slowestNanos.get() / 1e9);
    assertThat(failures).isEmpty();
    assertThat(written).isNotEmpty();
    String rest = Program.run("migrate", database);
    System.out.println("once the earlier server has stopped: " + rest);
    assertThat(rest).contains(" 0 migrations applied, ");
    assertThat(rest.contains(" 0 steps filled")).as(rest).isEqualTo(writesEnds);
    assertServed();
  }

  /** This build's server has all that the earlier one acknowledged. */
  private void assertServed() throws Exception {
    try (Program server = Program.start("ready", serve())) {
      ManagedChannel channel = channel(server);
      for (String run : written) {
        assertThat(steps(channel).listWorkflowSteps(stepsOf(run)).getDataCount())
            .as(run)
            .isEqualTo(STEPS_OF_RUN);
        assertThat(artifacts(channel).listWorkflowArtifacts(artifactsOf(run)).getDataCount())
            .as(run)
            .isEqualTo(ARTIFACTS_OF_RUN);
      }
      channel.shutdownNow();
    }
  }

  private void fill(Path jar) throws Exception {
    String schema = run(jar, 0, i -> "", "migrate");
    assertThat(schema).matches("schema [0-9].*");
    writesEnds = schema.charAt("schema ".length()) >= '5';
    key = run(jar, 0, i -> "", "keys", "create", "--organization=acme", "--create-organization");
    run(jar, STEPS, UpgradeTrial::stepLine, "import", "--organization=acme", "-");
    int artifacts = RUNS * ARTIFACTS_OF_RUN;
    run(jar, artifacts, UpgradeTrial::artifactLine, "import-artifacts", "--organization=acme", "-");
  }

  /** One step in ten has not started. */
  private static String stepLine(int i) {
    return "{\"run_id\":\"run-%d\",\"step_id\":\"step-%d\",\"block_id\":\"b\",\"block_type\":\"function\",\"block_label\":\"B\",\"lifecycle\":{\"status\":\"%s\"}%s}"
        .formatted(
            i / STEPS_OF_RUN,
            i % STEPS_OF_RUN,
            i % 10 == 0 ? "queued" : "completed",
            i % 10 == 0 ? "" : ",\"started_at\":\"2026-03-12T09:00:00Z\"");
  }

  private static String artifactLine(int i) {
    return artifact("run-" + i / ARTIFACTS_OF_RUN, i % ARTIFACTS_OF_RUN);
  }

  /** Of steps that have not started, and of steps that are not there. */
  private static String artifact(String run, int number) {
    return "{\"operation\":\"extraction\",\"id\":\"%s-%d\",\"run_id\":\"%s\",\"step_id\":\"step-%d\",\"created_at\":\"2026-03-12T09:00:00Z\"}"
        .formatted(run, number, run, number * 10);
  }

  /** Runs a command with so many lines as its input; what it printed on stdout. */
  private String run(Path jar, int lines, IntFunction<String> line, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(database);
    Process process = Program.openOther(jar, all.toArray(String[]::new));
    try (PrintStream input =
        new PrintStream(process.getOutputStream(), false, StandardCharsets.UTF_8)) {
      for (int i = 0; i < lines; i++) {
        input.println(line.apply(i));
      }
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String words = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(words).isZero();
    return said.strip();
  }

  private String[] serve() {
    return new String[] {"serve", database, "--rest-port=0", "--grpc-port=0"};
  }

  private List<Thread> startClients(Program server) {
    List<Thread> clients = new ArrayList<>();
    ManagedChannel channel = channel(server);
    for (int i = 0; i < READERS; i++) {
      Random random = new Random(i);
      clients.add(start(() -> read(server, channel, random)));
    }
    for (int i = 0; i < WRITERS; i++) {
      String name = "written-" + i + '-';
      AtomicInteger run = new AtomicInteger();
      clients.add(start(() -> write(channel, name + run.getAndIncrement())));
    }
    return clients;
  }

  private Thread start(Runnable requests) {
    Thread client =
        new Thread(
            () -> {
              while (!stopped) {
                requests.run();
              }
            });
    client.start();
    return client;
  }

  /** Whether it was answered. */
  private boolean send(Request request) {
    long before = System.nanoTime();
    boolean answered = true;
    try {
      request.send();
    } catch (Exception | AssertionError e) {
      failures.add(e.toString());
      answered = false;
    }
    requests.incrementAndGet();
    slowestNanos.accumulateAndGet(System.nanoTime() - before, Math::max);
    return answered;
  }

  private void read(Program server, ManagedChannel channel, Random random) {
    String run = "run-" + random.nextInt(RUNS);
    send(() -> steps(channel).listWorkflowSteps(stepsOf(run)));
    send(() -> artifacts(channel).listWorkflowArtifacts(artifactsOf(run)));
    ListWorkflowStepsRequest queued =
        ListWorkflowStepsRequest.newBuilder().addStatus("queued").setLimit(50).build();
    send(() -> steps(channel).listWorkflowSteps(queued));
    URI uri = URI.create(server.restUrl() + "/v1/workflows/steps?limit=20");
    HttpRequest page = HttpRequest.newBuilder(uri).header("Api-Key", key).build();
    send(() -> assertThat(http.send(page, BodyHandlers.discarding()).statusCode()).isEqualTo(200));
  }

  /** The steps of a run before they start and when they have ended, each time with artifacts. */
  private void write(ManagedChannel channel, String run) {
    boolean all = true;
    for (String status : List.of("queued", "completed")) {
      RecordWorkflowStepsRequest.Builder steps = RecordWorkflowStepsRequest.newBuilder();
      for (int i = 0; i < STEPS_OF_RUN; i++) {
        steps.addSteps(step(run, "step-" + i, status));
      }
      all &= send(() -> steps(channel).recordWorkflowSteps(steps.build()));
      RecordWorkflowArtifactsRequest.Builder records = RecordWorkflowArtifactsRequest.newBuilder();
      for (int i = 0; i < ARTIFACTS_OF_RUN; i++) {
        records.addRecords(ByteString.copyFromUtf8(artifact(run, i)));
      }
      all &= send(() -> artifacts(channel).recordWorkflowArtifacts(records.build()));
    }
    if (all) {
      written.add(run);
    }
  }

  private static WorkflowStep step(String run, String id, String status) {
    WorkflowStep.Builder step =
        WorkflowStep.newBuilder()
            .setRunId(run)
            .setStepId(id)
            .setBlockId(id)
            .setBlockType("function")
            .setBlockLabel("B")
            .setLifecycle(StepLifecycle.newBuilder().setStatus(status));
    if (status.equals("completed")) {
      step.setStartedAt(Timestamp.newBuilder().setSeconds(1_700_000_000L));
    }
    return step.build();
  }

  private static ListWorkflowStepsRequest stepsOf(String run) {
    return ListWorkflowStepsRequest.newBuilder().setRunId(run).setLimit(100).build();
  }

  private static ListWorkflowArtifactsRequest artifactsOf(String run) {
    return ListWorkflowArtifactsRequest.newBuilder().setRunId(run).setLimit(100).build();
  }

  private static ManagedChannel channel(Program server) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
  }

  private WorkflowStepsServiceBlockingStub steps(ManagedChannel channel) {
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(keyed())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private WorkflowArtifactsServiceBlockingStub artifacts(ManagedChannel channel) {
    return WorkflowArtifactsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(keyed())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private ClientInterceptor keyed() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}
