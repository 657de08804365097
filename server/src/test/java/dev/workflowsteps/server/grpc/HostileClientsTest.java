package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.ThreadMXBean;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.admission.MemoryBudget;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StoredStep;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Clients that send slowly, read nothing, or send what is larger than it looks; over sockets. */
@Timeout(120)
class HostileClientsTest {

  private static final String LIST =
      WorkflowStepsServiceGrpc.getListWorkflowStepsMethod().getFullMethodName();
  private static final String RECORD =
      WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod().getFullMethodName();
  private static final String HEALTH = "grpc.health.v1.Health/Check";

  private static final int WINDOW = 64 << 10;
  private static final int UNFINISHED = 15 << 20;
  private static final int STREAMS = 100;
  private static final int TOO_LONG = 300;
  private static final long MOST_OF_ACME =
      MemoryBudget.ofMemory(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory())
          .organizationLimit();
  private static final Map<String, String> SHORT = Map.of("call-timeout", "300ms");
  private static final String DEADLINE_EXCEEDED = code(Status.Code.DEADLINE_EXCEEDED);

  @Test
  void messageThatBegins_isChargedAsAWhole_andGivenBackWhenItsCallerLeaves() throws Exception {
    try (Edge edge = new Edge();
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      client.send(client.begin(RECORD, "api-key", edge.key("acme")), RawHttp2.prefix(UNFINISHED));

      await().until(() -> edge.held("requests") == UNFINISHED);
      client.close();
      await().until(() -> edge.held("requests") == 0);
    }
  }

  /** If they were charged as they come, all would grow until none fits. */
  @Test
  void manyLargeMessagesAtOnce_asManyAsFitStay_andTheOthersAreRefused() throws Exception {
    try (Edge edge = new Edge(new InMemoryStepStore(), Map.of("call-timeout", "1m"))) {
      String key = edge.key("acme");
      int fitting = (int) (MOST_OF_ACME / Limits.MAX_REQUEST_BYTES);
      List<RawHttp2> clients = new ArrayList<>();
      try {
        for (int i = 0; i < fitting; i += STREAMS) {
          RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW);
          clients.add(client);
          for (int stream = 0; stream < Math.min(STREAMS, fitting - i); stream++) {
            client.send(
                client.begin(RECORD, "api-key", key), RawHttp2.prefix(Limits.MAX_REQUEST_BYTES));
          }
        }
        await().until(() -> edge.held("requests") == (double) fitting * Limits.MAX_REQUEST_BYTES);
        RawHttp2 last = new RawHttp2(edge.server.port(), WINDOW);
        clients.add(last);
        int refused = last.begin(RECORD, "api-key", key);
        last.send(refused, RawHttp2.prefix(Limits.MAX_REQUEST_BYTES));
        assertThat(last.end(refused)).isEqualTo(code(Status.Code.UNAVAILABLE));

        // Trying again would not help.
        int tooLarge = last.begin(RECORD, "api-key", key);
        last.send(tooLarge, RawHttp2.prefix(Limits.MAX_REQUEST_BYTES + 1));
        assertThat(last.end(tooLarge)).isEqualTo(code(Status.Code.RESOURCE_EXHAUSTED));

        assertThat(edge.held("requests")).isEqualTo((double) fitting * Limits.MAX_REQUEST_BYTES);
        last.send(last.begin(RECORD, "api-key", edge.key("beta")), RawHttp2.prefix(UNFINISHED));
        await()
            .until(
                () ->
                    edge.held("requests")
                        == (double) fitting * Limits.MAX_REQUEST_BYTES + UNFINISHED);
      } finally {
        for (RawHttp2 client : clients) {
          client.close();
        }
      }
    }
  }

  /** The connection goes on, and nothing is held. */
  @Test
  void secondMessage_endsItsCall() throws Exception {
    try (Edge edge = new Edge();
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      String key = edge.key("acme");
      int two = client.begin(LIST, "api-key", key);
      client.send(two, RawHttp2.prefix(0));
      client.send(two, RawHttp2.prefix(0));
      client.halfClose(two);
      String end = client.end(two);

      int one = client.begin(LIST, "api-key", key);
      client.send(one, RawHttp2.prefix(0));
      client.halfClose(one);
      assertThat(client.end(one)).isEqualTo(code(Status.Code.OK));
      assertThat(end).isIn("reset", code(Status.Code.INTERNAL));
      await().until(() -> edge.held("requests") == 0);
    }
  }

  @Test
  void messagesThatAreTooLong_leaveTheirConnection() throws Exception {
    try (Edge edge = new Edge();
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      String key = edge.key("acme");
      for (int i = 0; i < TOO_LONG; i++) {
        int stream = client.begin(RECORD, "api-key", key);
        client.send(stream, RawHttp2.prefix(Limits.MAX_REQUEST_BYTES + 1));
        assertThat(client.end(stream)).isEqualTo(code(Status.Code.RESOURCE_EXHAUSTED));
        client.reset(stream, 1);
      }
    }
  }

  @Test
  @Rule("grpc-deadline")
  void callsWithoutADeadline_areEndedAfterTheirHeaders_whateverTheySend() throws Exception {
    try (Edge edge = new Edge(new InMemoryStepStore(), SHORT);
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      String key = edge.key("acme");
      int nothing = client.begin(RECORD, "api-key", key);
      assertThat(client.end(nothing)).isEqualTo(DEADLINE_EXCEEDED);

      int half = client.begin(RECORD, "api-key", key);
      sendHalf(client, half);
      assertThat(client.end(half)).isEqualTo(DEADLINE_EXCEEDED);

      int slow = client.begin(RECORD, "api-key", key);
      client.send(slow, RawHttp2.prefix(1_000_000));
      CompletableFuture<String> end =
          CompletableFuture.supplyAsync(() -> end(client, slow), OwnThread.EACH);
      await()
          .until(
              () -> {
                client.send(slow, new byte[1]);
                return end.isDone();
              });
      assertThat(end.get()).isEqualTo(DEADLINE_EXCEEDED);

      // The transport ends these.
      int health = client.begin(HEALTH);
      assertThat(client.end(health)).isIn("reset", DEADLINE_EXCEEDED);
      assertThat(edge.held("requests")).isZero();
    }
  }

  @Test
  void halfOfAMessage_isEndedAtItsCallersDeadline() throws Exception {
    try (Edge edge = new Edge();
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      int half = client.begin(RECORD, "api-key", edge.key("acme"), "grpc-timeout", "200m");
      sendHalf(client, half);

      assertThat(client.end(half)).isIn("reset", DEADLINE_EXCEEDED);
      await().until(() -> edge.held("requests") == 0);
    }
  }

  @Test
  void answerThatNobodyReads_isCharged_untilItsCallerLeaves() throws Exception {
    try (Edge edge = new Edge(storeOf("acme", 100));
        RawHttp2 client = new RawHttp2(edge.server.port(), 0)) {
      listWithoutReading(edge, client);

      await()
          .until(
              () ->
                  edge.held("answers") > 0
                      && edge.held("answers") < 100_000
                      && edge.held("requests") == 0);
      client.close();
      await().until(() -> edge.held("answers") == 0);
    }
  }

  @Test
  void answerThatNobodyReads_isGivenUpAtTheDeadline() throws Exception {
    // Long enough for the answer to be there.
    try (Edge edge = new Edge(storeOf("acme", 100), Map.of("call-timeout", "2s"));
        RawHttp2 client = new RawHttp2(edge.server.port(), 0)) {
      int stream = listWithoutReading(edge, client);

      assertThat(client.end(stream)).isEqualTo("reset");
      await().until(() -> edge.held("answers") == 0);
    }
  }

  @Test
  void emptySteps_areTooMany_andCostNoMoreThanTheyInflateTo() throws Exception {
    try (Edge edge = new Edge()) {
      byte[] message = Wire.filled(Limits.MAX_REQUEST_BYTES, Wire.hex("0a00"));
      StatusRuntimeException[] failure = new StatusRuntimeException[1];

      long allocated =
          allocatedByServer(() -> failure[0] = record(edge, message, new Codec.Gzip()));

      assertThat(Failed.reason(failure[0])).isEqualTo("INVALID_VALUE");
      assertThat(failure[0].getStatus().getDescription()).contains("8388608 steps");
      assertThat(allocated).isLessThan(3L * Limits.MAX_REQUEST_BYTES);
      await().until(() -> edge.held("requests") == 0);
    }
  }

  @Test
  void gzipBomb_isTooLarge_andBrokenOff() throws Exception {
    Compressor bomb = new Bomb(256 << 20);
    try (Edge edge = new Edge()) {
      StatusRuntimeException[] failure = new StatusRuntimeException[1];

      long allocated = allocatedByServer(() -> failure[0] = record(edge, new byte[1], bomb));

      assertThat(Failed.reason(failure[0])).isEqualTo("REQUEST_TOO_LARGE");
      assertThat(failure[0].getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(allocated).isLessThan(2L * Limits.MAX_REQUEST_BYTES);
      await().until(() -> edge.held("requests") == 0);
    }
  }

  @Test
  void messagesOfHealth_areShort_alsoWhileTheyAreSent_andWhenTheyAreInflated() throws Exception {
    try (Edge edge = new Edge();
        RawHttp2 client = new RawHttp2(edge.server.port(), WINDOW)) {
      int half = client.begin(HEALTH);
      sendHalf(client, half);
      assertThat(client.end(half)).isEqualTo(code(Status.Code.RESOURCE_EXHAUSTED));

      Compressor bomb = new Bomb(1 << 20);
      StatusRuntimeException failure =
          Failed.call(() -> call(edge, HEALTH, new Metadata(), new byte[1], bomb));
      assertThat(Failed.reason(failure)).isEqualTo("REQUEST_TOO_LARGE");
    }
  }

  @Test
  @Rule("rate-limit-headers")
  void rateLimit_isInTheHeadersOfAnswers_andInTheTrailersOfRefusals() {
    try (Edge edge =
        new Edge(new InMemoryStepStore(), Map.of("organization-bytes-per-second", "1"))) {
      Metadata sent = Edge.headers(edge.key("acme"));
      AtomicReference<Metadata> headers = new AtomicReference<>();
      AtomicReference<Metadata> trailers = new AtomicReference<>();
      var stub =
          edge.steps(sent)
              .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

      var unused = stub.recordWorkflowSteps(steps(100));
      assertThat(headers.get().get(CallHeaders.RATE_LIMIT)).isEqualTo("\"bytes\";r=1;t=1");
      assertThat(headers.get().get(CallHeaders.RATE_LIMIT_POLICY)).startsWith("\"bytes\";q=1;w=1");

      // The answer has used up a good many seconds of the limit.
      StatusRuntimeException refused = Failed.call(() -> stub.recordWorkflowSteps(steps(1)));
      assertThat(Failed.reason(refused)).isEqualTo("RATE_LIMITED");
      assertThat(trailers.get().get(CallHeaders.RATE_LIMIT)).startsWith("\"bytes\";r=0;t=");
      assertThat(trailers.get().get(CallHeaders.RATE_LIMIT_POLICY)).startsWith("\"bytes\";q=1;w=1");
    }
  }

  @Test
  void onePlaceThatIsTaken_hasAllOthersRefused_whichAreCountedAndNotLogged() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    InMemoryStepStore hanging =
        new InMemoryStepStore() {
          @Override
          public List<StoredStep> scan(Scan<StepFilter, StepPosition> scan, Call call) {
            called.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.scan(scan, call);
          }
        };
    int callers = 30;
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    try (Edge edge = new Edge(hanging, Map.of("database-pool-size", "1", "call-timeout", "1m"))) {
      String key = edge.key("acme");
      root.addAppender(logged);
      CompletableFuture<ListWorkflowStepsResponse> first =
          CompletableFuture.supplyAsync(
              () ->
                  edge.steps(Edge.headers(key))
                      .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()),
              OwnThread.EACH);
      called.await();
      List<CompletableFuture<String>> others =
          Stream.generate(
                  () ->
                      CompletableFuture.supplyAsync(
                          () ->
                              Failed.reason(
                                  () ->
                                      edge.steps(Edge.headers(key))
                                          .listWorkflowSteps(
                                              ListWorkflowStepsRequest.getDefaultInstance())),
                          OwnThread.EACH))
              .limit(callers)
              .toList();

      for (CompletableFuture<String> other : others) {
        assertThat(other.get()).isEqualTo("UNAVAILABLE");
      }
      assertThat(
              edge.meters.refusals("waited").count() + edge.meters.refusals("queue_full").count())
          .isEqualTo(callers);
      assertThat(first).isNotDone();
      released.countDown();
      assertThat(first.get().getDataCount()).isZero();
    } finally {
      root.detachAppender(logged);
    }
    assertThat(logged.list).isEmpty();
  }

  private static void sendHalf(RawHttp2 client, int stream) throws IOException {
    client.send(stream, RawHttp2.prefix(UNFINISHED));
    client.send(stream, new byte[500_000]);
  }

  private static int listWithoutReading(Edge edge, RawHttp2 client) throws IOException {
    String key = edge.key("acme");
    int stream = client.begin(LIST, "api-key", key);
    client.send(stream, RawHttp2.prefix(0));
    client.halfClose(stream);
    return stream;
  }

  private static InMemoryStepStore storeOf(String organization, int count) {
    InMemoryStepStore store = new InMemoryStepStore();
    store.write(
        organization,
        steps(count).getStepsList().stream().map(StepRecord::of).toList(),
        Call.within(Duration.ofMinutes(1)));
    return store;
  }

  private static RecordWorkflowStepsRequest steps(int count) {
    RecordWorkflowStepsRequest.Builder request = RecordWorkflowStepsRequest.newBuilder();
    for (int i = 0; i < count; i++) {
      request.addSteps(AStep.named("step-" + i).build());
    }
    return request.build();
  }

  private static String end(RawHttp2 client, int stream) {
    try {
      return client.end(stream);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String code(Status.Code code) {
    return Integer.toString(code.value());
  }

  private static StatusRuntimeException record(Edge edge, byte[] message, Compressor compressor) {
    Metadata headers = Edge.headers(edge.key("acme"));
    return Failed.call(() -> call(edge, RECORD, headers, message, compressor));
  }

  private static void call(
      Edge edge, String method, Metadata headers, byte[] message, Compressor compressor) {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    registry.register(compressor);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port())
            .usePlaintext()
            .compressorRegistry(registry)
            .build();
    try {
      byte[] unused =
          ClientCalls.blockingUnaryCall(
              ClientInterceptors.intercept(
                  channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
              RawBytes.method(MethodType.UNARY, method),
              CallOptions.DEFAULT.withCompression("gzip"),
              message);
    } finally {
      channel.shutdownNow();
    }
  }

  /** What the threads that inflate, parse and answer allocate. */
  private static long allocatedByServer(Runnable work) {
    long before = allocatedByServer();
    work.run();
    return allocatedByServer() - before;
  }

  private static long allocatedByServer() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().matches("grpc-(inflate-)?\\d+"))
        .mapToLong(ThreadInfo::getThreadId)
        .map(threads::getThreadAllocatedBytes)
        .sum();
  }

  /** Sends zeros instead of what it is given. */
  private record Bomb(byte[] gzip) implements Compressor {

    Bomb(int zeros) throws IOException {
      this(gzip(zeros));
    }

    private static byte[] gzip(int zeros) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
        byte[] some = new byte[1 << 20];
        for (int i = 0; i < zeros; i += some.length) {
          out.write(some);
        }
      }
      return bytes.toByteArray();
    }

    @Override
    public String getMessageEncoding() {
      return "gzip";
    }

    @Override
    public OutputStream compress(OutputStream target) {
      return new FilterOutputStream(target) {
        @Override
        public void write(int ignored) {}

        @Override
        public void write(byte[] ignored, int offset, int length) {}

        @Override
        public void close() throws IOException {
          out.write(gzip);
          out.close();
        }
      };
    }
  }
}
