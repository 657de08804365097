package dev.workflowsteps.adapter.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import com.google.common.util.concurrent.Uninterruptibles;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.RawHttp2;
import dev.workflowsteps.adapter.rest.EchoingRest.Protocol;
import dev.workflowsteps.adapter.upstream.UnaryResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.WorkflowStep;
import io.grpc.Metadata;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stop loses no request of a caller who follows the rules of HTTP. */
class DrainTest {

  private static final String LIST = "/v1/workflows/steps";
  private static final String GET = "GET " + LIST + " HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Type, no flags, the connection's stream, and that every stream is still served. */
  private static final String GOAWAY = "\7\0\0\0\0\0\177\377\377\377";

  private static final int CALLERS = 4;
  private static final int SLOW_MILLIS = 300;
  private static final int DELAY_MILLIS = 400;
  private static final int WAITING = 40;

  /** Longer than HTTP/2 waits between the announcement of an end and the end. */
  private static final int DRAINED_MILLIS = 1_500;

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final byte[] ANSWER =
      ListWorkflowStepsResponse.newBuilder()
          .addData(WorkflowStep.newBuilder().setStepId("s".repeat(5_000)))
          .build()
          .toByteArray();

  private final ScheduledExecutorService upstream = Executors.newScheduledThreadPool(2);
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final AtomicInteger calls = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch called = new CountDownLatch(1);
  private volatile boolean delayIsOver;
  private volatile SettableFuture<UnaryResponse> held;
  private RestServer rest;

  @BeforeEach
  void start() {
    start(TimeLimits.DEFAULT);
  }

  private void start(TimeLimits limits) {
    rest =
        TestRest.server(
            new RestOptions("127.0.0.1", 0, LONG, LONG, List.of()),
            limits,
            ConnectionGuard.NONE,
            (method, message, headers, options) -> answer());
    rest.start();
  }

  /** A fifth of the calls is slow. */
  private ListenableFuture<UnaryResponse> answer() {
    if (held != null) {
      called.countDown();
      return held;
    }
    SettableFuture<UnaryResponse> answer = SettableFuture.create();
    var unused =
        upstream.schedule(
            () -> answer(answer),
            calls.incrementAndGet() % 5 == 0 ? SLOW_MILLIS : 1,
            TimeUnit.MILLISECONDS);
    return answer;
  }

  private static void answer(SettableFuture<UnaryResponse> call) {
    call.set(new UnaryResponse(ANSWER, new Metadata(), () -> {}));
  }

  @AfterEach
  void stop() {
    rest.close();
    callers.shutdownNow();
    upstream.shutdownNow();
  }

  @RepeatedTest(3)
  void stopUnderLoad_failsNoRequest() throws Exception {
    HttpClient http1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (ClientFactory factory = ClientFactory.builder().build()) {
      WebClient http2 =
          WebClient.builder("h2c://127.0.0.1:" + rest.port()).factory(factory).build();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        running.add(callers.submit(() -> call(() -> send(http1))));
        running.add(callers.submit(() -> call(() -> send(http2))));
        running.add(callers.submit(() -> call(this::sendOverNewConnection)));
      }
      await().until(() -> answered.get() > 100);

      rest.announceStop();
      int before = answered.get();
      TimeUnit.MILLISECONDS.sleep(DELAY_MILLIS);
      delayIsOver = true;
      rest.close();

      for (Future<?> caller : running) {
        caller.get(1, TimeUnit.MINUTES);
      }
      assertThat(failures).isEmpty();
      assertThat(answered.get()).isGreaterThan(before);
    }
  }

  /** Sends one request after the other until the delay is over. */
  private void call(Callable<Integer> request) {
    while (!delayIsOver) {
      try {
        int status = request.call();
        if (status == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(String.valueOf(status));
        }
      } catch (Exception e) {
        if (!isRefused(e)) {
          failures.add(e + " " + e.getCause());
        }
      }
    }
  }

  private static boolean isRefused(Throwable e) {
    return e instanceof ConnectException || (e.getCause() != null && isRefused(e.getCause()));
  }

  private int send(HttpClient client) throws Exception {
    URI target = URI.create("http://127.0.0.1:" + rest.port() + LIST);
    return client
        .send(HttpRequest.newBuilder(target).build(), BodyHandlers.ofString())
        .statusCode();
  }

  private static int send(WebClient client) {
    AggregatedHttpResponse answer = client.get(LIST).aggregate().join();
    return answer.contentUtf8().endsWith("}") ? answer.status().code() : -1;
  }

  private int sendOverNewConnection() throws IOException {
    String answer =
        RawHttp.exchange(rest.port(), GET.replace("x\r\n", "x\r\nConnection: close\r\n"));
    return answer.endsWith("}") ? Integer.parseInt(answer.substring(9, 12)) : -1;
  }

  @Test
  void connectionsThatWaitToBeAccepted_areServed() throws Exception {
    assertThat(sendOverNewConnection()).isEqualTo(200);
    Channel port = rest.connections.ports().iterator().next();
    CountDownLatch accepting = new CountDownLatch(1);
    port.eventLoop().execute(() -> awaitUninterruptibly(accepting));
    List<Socket> waiting = new ArrayList<>();
    for (int i = 0; i < WAITING; i++) {
      Socket socket = connect();
      socket.getOutputStream().write(RawHttp.bytes(GET));
      waiting.add(socket);
    }

    Future<?> closed = callers.submit(rest::close);
    accepting.countDown();

    for (Socket socket : waiting) {
      assertThat(readToEnd(socket)).startsWith("HTTP/1.1 200").endsWith("}");
      socket.close();
    }
    closed.get(1, TimeUnit.MINUTES);
  }

  @Test
  void newConnection_isServed_thoughItsRequestComesAfterThePortIsClosed() throws Exception {
    rest.close();
    start(new TimeLimits(LONG, LONG, LONG));
    assertThat(sendOverNewConnection()).isEqualTo(200);
    try (Socket socket = connect()) {
      Future<?> closed = callers.submit(rest::close);
      await().until(this::isRefusing);

      socket.getOutputStream().write(RawHttp.bytes(GET));

      assertThat(readToEnd(socket)).startsWith("HTTP/1.1 200").endsWith("}");
      closed.get(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void connectionThatSendsNothing_doesNotHoldUpTheStop() throws Exception {
    try (Socket silent = connect()) {
      callers.submit(rest::close).get(LONG.toSeconds() / 2, TimeUnit.SECONDS);

      assertThat(readToEnd(silent)).isEmpty();
    }
  }

  @Test
  void requestThatRuns_isToldOfTheStopInItsResponse() throws Exception {
    held = SettableFuture.create();
    try (Socket socket = connect()) {
      socket.getOutputStream().write(RawHttp.bytes(GET));
      called.await();

      rest.announceStop();
      TimeUnit.MILLISECONDS.sleep(50);
      answer(held);

      assertThat(readToEnd(socket))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("connection: close");
    }
  }

  @ParameterizedTest
  @EnumSource
  void slowRequest_isAnswered_longAfterTheStopBegan(Protocol protocol) throws Exception {
    held = SettableFuture.create();
    rest.announceStop();
    try (ClientFactory factory = ClientFactory.builder().build()) {
      CompletableFuture<AggregatedHttpResponse> answer =
          WebClient.builder(
                  protocol.name().toLowerCase(Locale.ROOT) + "://127.0.0.1:" + rest.port())
              .factory(factory)
              .build()
              .get(LIST)
              .aggregate();
      called.await();

      Future<?> closed = callers.submit(rest::close);
      TimeUnit.MILLISECONDS.sleep(DRAINED_MILLIS);
      assertThat(answer).isNotDone();
      answer(held);

      assertThat(answer.get(1, TimeUnit.MINUTES).status().code()).isEqualTo(200);
      closed.get(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void idleHttp2Connection_isToldOfTheStop() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(RawHttp2.begin(1 << 16));
      assertThat(socket.getInputStream().read()).isZero();

      Future<?> closed = callers.submit(rest::close);

      assertThat(readToEnd(socket)).contains(GOAWAY);
      closed.get(1, TimeUnit.MINUTES);
    }
  }

  private boolean isRefusing() {
    try (Socket socket = connect()) {
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", rest.port());
    socket.setSoTimeout((int) LONG.toMillis());
    return socket;
  }

  private static String readToEnd(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean unused = Uninterruptibles.awaitUninterruptibly(latch, LONG);
  }
}
