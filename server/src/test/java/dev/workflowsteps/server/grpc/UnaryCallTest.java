package dev.workflowsteps.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.admission.RefusalBrake;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.InMemoryKeyStore;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.KeyWithLimits;
import dev.workflowsteps.server.auth.OrganizationLimits;
import dev.workflowsteps.server.auth.RateLimits;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.auth.WrongKeys;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of calls that share one place to run, with a clock that is set by hand. */
@Timeout(60)
class UnaryCallTest {

  private static final byte[] LIST = ListWorkflowStepsRequest.getDefaultInstance().toByteArray();
  private static final byte[] LIST_WITH_A_RUN =
      ListWorkflowStepsRequest.newBuilder().setRunId("run").build().toByteArray();
  private static final Duration TIMEOUT = Duration.ofHours(1);

  /** With 100 ms of grace it is over before anybody has waited for too long. */
  private static final Duration SHORT_TIMEOUT = Duration.ofMillis(50);

  private static final int ANSWER_BYTES = 1_000;

  private final AtomicLong clock = new AtomicLong();
  private final SlowKeyStore store = new SlowKeyStore();
  private final KeyService keys = new KeyService(store, Clock.systemUTC());
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final RefusalBrake brake = new RefusalBrake(1, clock::get);
  private final UnaryCalls calls =
      new UnaryCalls(
          TIMEOUT,
          new Admission.Limits(1, 1, 1, 0),
          new KeyLookUps(
              store,
              new WrongKeys(600, InetAddress::isLoopbackAddress),
              Clock.systemUTC(),
              clock::get),
          new RateLimits(0, 0),
          brake,
          meters,
          AccessLog.OFF,
          clock::get);
  private final String key = key("acme");

  /** What the workers do. */
  private volatile UnaryMethod.Handler<ListWorkflowStepsRequest> handler =
      (caller, request, call) -> answerOf(10);

  private final AtomicInteger started = new AtomicInteger();

  /** An error ends its thread, which is none of the test's. */
  @BeforeAll
  static void leaveUncaughtExceptions() {
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }

  @AfterEach
  void stop() {
    store.answers.countDown();
    calls.close();
    meters.close();
  }

  @Test
  void answer_isSentOnce_andHeldUntilItIsWritten() {
    Client caller = begun(key);
    caller.send(LIST);
    await().until(() -> caller.answers.size() == 1);

    await().until(() -> calls.requests().held() == 0);
    assertThat(calls.answers().held()).isEqualTo(10);
    assertThat(calls.isIdle()).isTrue();
    caller.call.cancel();
    caller.written();
    assertThat(calls.answers().held()).isZero();
    assertThat(caller.failures).isEmpty();
  }

  /** Where a call is when something ends it. */
  enum Where {
    LOOKED_UP,
    READING,
    WAITING,
    RUNNING
  }

  /** What ends a call that has no answer. */
  enum End {
    CANCEL,
    DEADLINE,
    STOP
  }

  static Stream<Arguments> ends() {
    return Stream.of(Where.values())
        .flatMap(where -> Stream.of(End.values()).map(end -> Arguments.of(where, end)));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void end_isToldOnce_leavesTheQueueAtOnce_andGivesEverythingBack(Where where, End end)
      throws InterruptedException {
    Hanging work = new Hanging();
    handler = work;
    Client other = where == Where.WAITING ? running(work) : null;
    int startedBefore = started.get();
    Client caller = new Client();
    caller.timeout = SHORT_TIMEOUT;
    bring(caller, where, work);

    end(end, caller);

    assertThat(calls.admission().waiting(Work.READ)).isZero();
    if (other != null) {
      other.call.cancel();
    }
    if (where == Where.RUNNING) {
      // The work is told, and this thread was not kept by it.
      work.cancelled.await();
      assertThat(calls.requests().held()).isPositive();
    }
    work.goesOn.countDown();
    store.answers.countDown();
    await().until(() -> calls.admission().running(Work.READ) == 0);
    await().until(() -> store.running.get() == 0);
    caller.call.cancel();
    calls.breakOff();
    assertNothingIsLeft();
    assertThat(started.get() - startedBefore).isEqualTo(where == Where.RUNNING ? 1 : 0);
    assertThat(caller.answers).isEmpty();
    switch (end) {
      case CANCEL -> assertThat(caller.failures).isEmpty();
      case DEADLINE -> caller.assertFailed("DEADLINE_EXCEEDED");
      case STOP -> caller.assertFailed("UNAVAILABLE");
    }
  }

  private void bring(Client caller, Where where, Hanging work) throws InterruptedException {
    switch (where) {
      case LOOKED_UP -> {
        store.slow = true;
        caller.begin(key("slow"));
        await().until(() -> store.running.get() == 1);
      }
      case READING -> caller.begin(cached(key));
      case WAITING -> {
        caller.begin(cached(key));
        caller.send(LIST);
        assertThat(calls.admission().waiting(Work.READ)).isEqualTo(1);
      }
      case RUNNING -> {
        caller.begin(cached(key));
        caller.send(LIST);
        work.started.await();
      }
    }
  }

  private void end(End end, Client caller) {
    switch (end) {
      case CANCEL -> caller.call.cancel();
      case DEADLINE -> {
        clock.addAndGet(SHORT_TIMEOUT.plusMillis(101).toNanos());
        await().until(() -> !caller.call.isOpen());
      }
      case STOP -> calls.breakOff();
    }
  }

  /** What a worker may end with that is no answer. */
  enum Failure {
    DOMAIN(
        "STEP_NOT_FOUND",
        new FailedCallException(FailedCallException.Reason.STEP_NOT_FOUND, "none")),
    STORAGE(
        "UNAVAILABLE", new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "is away")),
    NO_MEMORY(
        "UNAVAILABLE", new FailedCallException(FailedCallException.Reason.NO_MEMORY, "is full")),
    BUG("INTERNAL", new IllegalStateException("a secret")),
    NOT_OF_THE_TABLE("INTERNAL", Status.DATA_LOSS.asRuntimeException()),
    ERROR("INTERNAL", new AssertionError("a secret"));

    private final String reason;
    private final Throwable thrown;

    Failure(String reason, Throwable thrown) {
      this.reason = reason;
      this.thrown = thrown;
    }
  }

  @ParameterizedTest
  @EnumSource
  void failureOfTheWork_isTold_andItsPlaceIsFreeAgain(Failure failure) {
    handler =
        (caller, request, call) -> {
          if (failure.thrown instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) failure.thrown;
        };
    Client caller = begun(key);
    caller.send(LIST);
    await().until(() -> !caller.failures.isEmpty());
    caller.assertFailed(failure.reason);
    await().until(() -> calls.admission().running(Work.READ) == 0);
    assertNothingIsLeft();

    handler = (known, request, call) -> answerOf(10);
    Client next = begun(key);
    next.send(LIST);
    await().until(() -> next.answers.size() == 1);
  }

  /** Else an agent would put its statements into the trace of the call that it waited for. */
  @Test
  void callThatWaited_runsInTheContextOfItsCaller() {
    Context.Key<String> name = Context.key("name");
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Hanging work = new Hanging();
    handler = work;
    Context.current().withValue(name, "first").run(() -> running(work));
    handler =
        (caller, request, call) -> {
          seen.add(String.valueOf(name.get()));
          return answerOf(10);
        };
    Context.current().withValue(name, "second").run(() -> begun(key).send(LIST));
    assertThat(calls.admission().waiting(Work.READ)).isEqualTo(1);

    work.goesOn.countDown();

    await().until(() -> !seen.isEmpty());
    assertThat(seen).containsExactly("second");
  }

  @Test
  void lookUp_ofACallThatWasCancelledMeanwhile_holdsNothing() {
    store.slow = true;
    Client caller = new Client();
    caller.begin(key);
    await().until(() -> store.running.get() == 1);
    caller.call.cancel();
    store.answers.countDown();
    await().until(() -> store.running.get() == 0);

    caller.send(LIST);

    assertNothingIsLeft();
    assertThat(started).hasValue(0);
  }

  @Test
  void lookUps_thatAreTooMany_areRefused_butKnownKeysPass() {
    String known = cached(key);
    store.slow = true;
    List<Client> waiting = new ArrayList<>();
    do {
      waiting.add(new Client());
      last(waiting).begin(key("organization-" + waiting.size()));
    } while (last(waiting).failures.isEmpty());

    StatusRuntimeException refused = last(waiting).failures.peek();
    assertThat(Failed.reason(refused)).isEqualTo("UNAVAILABLE");
    assertThat(Failed.detail(refused, RetryInfo.class)).isPresent();
    await().until(() -> meters.refusals("look_ups").count() == 1);
    Client passing = new Client();
    passing.begin(known);
    passing.send(LIST);
    await().until(() -> passing.answers.size() == 1);
    Client unknown = new Client();
    unknown.begin("no key");
    unknown.assertFailed("UNAUTHENTICATED");

    // Who leaves makes room.
    waiting.get(waiting.size() - 2).call.cancel();
    Client next = new Client();
    next.begin(key("next"));
    assertThat(next.failures).isEmpty();
    passing.written();
    waiting.forEach(caller -> caller.call.cancel());
    next.call.cancel();
    assertNothingIsLeft();
  }

  @Test
  void lookUp_ofAStoreThatIsAway_isUnavailable() {
    store.failure =
        Optional.of(new FailedCallException(FailedCallException.Reason.UNAVAILABLE, "is away"));
    Client caller = begun(key);

    await().until(() -> !caller.failures.isEmpty());
    caller.assertFailed("UNAVAILABLE");
    assertNothingIsLeft();
  }

  @Test
  void placesAndQueueFull_refusesTheNext_whichHoldsNothing_andIsCounted() {
    Hanging work = new Hanging();
    handler = work;
    running(work);
    List<Client> waiting = new ArrayList<>();
    long held;
    do {
      held = calls.requests().held();
      waiting.add(new Client());
      last(waiting).begin(cached(key));
      last(waiting).send(LIST);
    } while (last(waiting).failures.isEmpty());

    last(waiting).assertFailed("UNAVAILABLE");
    assertThat(calls.requests().held()).isEqualTo(held);
    assertThat(meters.refusals("queue_full").count()).isEqualTo(1);

    // The others have waited for too long after 200 ms.
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    await().until(() -> meters.refusals("waited").count() == waiting.size() - 1);
    await().until(() -> waiting.stream().noneMatch(caller -> caller.failures.isEmpty()));
    assertThat(started).hasValue(1);
  }

  @Test
  void refusalThatIsHeldBack_holdsNothing_andIsForgottenWhenItsCallerLeaves() {
    Hanging work = new Hanging();
    handler = work;
    running(work);
    while (brake.hold("acme").compareTo(Duration.ofSeconds(5)) < 0) {
      // Acme is refused all the time.
    }
    List<Client> waiting = new ArrayList<>();
    long held;
    do {
      held = calls.requests().held();
      waiting.add(new Client());
      last(waiting).begin(cached(key));
      last(waiting).send(LIST_WITH_A_RUN);
    } while (meters.refusals("queue_full").count() == 0);

    assertThat(calls.requests().held()).isEqualTo(held);
    assertThat(last(waiting).failures).isEmpty();
    last(waiting).call.cancel();
    assertThat(last(waiting).call.isOpen()).isFalse();
    assertThat(last(waiting).failures).isEmpty();
  }

  @Test
  @Rule("rate-limit")
  void rateLimit_refusesBeforeTheMessageIsRead_andSaysSoInItsTrailers() {
    keys.limit("acme", new OrganizationLimits(OptionalLong.of(1), OptionalLong.empty()));
    Client first = begun(key);
    first.send(LIST);
    await().until(() -> first.answers.size() == 1);
    assertThat(first.headers.get(CallHeaders.RATE_LIMIT)).startsWith("\"requests\";r=0");
    first.written();

    Client second = new Client();
    second.begin(cached(key));

    second.assertFailed("RATE_LIMITED");
    StatusRuntimeException refused = second.failures.peek();
    assertThat(refused.getTrailers().get(CallHeaders.RATE_LIMIT)).startsWith("\"requests\";r=0");
    assertThat(Failed.detail(refused, QuotaFailure.class)).isPresent();
    assertThat(second.isAskedForItsMessage()).isFalse();
    await().until(() -> calls.admission().running(Work.READ) == 0);
    assertNothingIsLeft();
  }

  @Test
  void requestsOfAnOrganization_thatHoldTooMuch_haveItsNextRefused_butNotAnothers() {
    try (Charge held = calls.requests().charge("acme")) {
      held.grow(calls.requests().organizationLimit());
      Client caller = begun(key);
      caller.send(LIST);
      Client bytes = begun(key);
      bytes.refuse(Reason.NO_MEMORY);
      Client other = begun(key("other"));
      other.send(LIST);

      caller.assertFailed("UNAVAILABLE");
      await().until(() -> !bytes.failures.isEmpty());
      bytes.assertFailed("UNAVAILABLE");
      await().until(() -> other.answers.size() == 1);
      await().until(() -> meters.refusals("request_bytes").count() == 2);
      other.written();
    }
    await().until(() -> calls.admission().running(Work.READ) == 0);
    assertNothingIsLeft();
  }

  @Test
  void requestThatCanNeverFit_isTooLarge() {
    byte[] copies = Wire.field(1, Wire.field(10, Wire.filled(16_000, Wire.hex("1203 f80101"))));
    UnaryMethod<?> recording = recording();
    Client small = new Client(recording);
    small.begin(cached(key));
    small.send(copies);
    Client bytes = begun(key);
    bytes.refuse(Reason.TOO_LARGE);

    small.assertFailed("REQUEST_TOO_LARGE");
    await().until(() -> !bytes.failures.isEmpty());
    bytes.assertFailed("REQUEST_TOO_LARGE");
    assertNothingIsLeft();
  }

  @Test
  void answersOfAnOrganization_thatHoldTooMuch_haveItsNextRefused_beforeItsWork() {
    try (Charge held = calls.answers().charge("acme")) {
      held.grow(calls.answers().organizationLimit());
      Client caller = begun(key);
      caller.send(LIST);

      await().until(() -> !caller.failures.isEmpty());
      caller.assertFailed("UNAVAILABLE");
      assertThat(started).hasValue(0);
      await().until(() -> meters.refusals("answer_bytes").count() == 1);
    }
    await().until(() -> calls.admission().running(Work.READ) == 0);
    assertNothingIsLeft();
  }

  @Test
  void reserve_ofMoreThanThereIs_isUnavailable() {
    handler =
        (caller, request, call) -> {
          call.reserve(ANSWER_BYTES);
          call.reserve(calls.answers().organizationLimit() + 1);
          return answerOf(10);
        };
    Client caller = begun(key);
    caller.send(LIST);

    await().until(() -> !caller.failures.isEmpty());
    caller.assertFailed("UNAVAILABLE");
    await().until(() -> calls.admission().running(Work.READ) == 0);
    assertNothingIsLeft();
  }

  @Test
  void stop_refusesCallsThatComeLater() {
    String known = cached(key);
    calls.breakOff();
    Client caller = new Client();
    caller.begin(known);

    caller.assertFailed("UNAVAILABLE");
    assertNothingIsLeft();
  }

  /** Also if its call is refused for something else. */
  @Test
  void validKey_isKnownToTheTransport_andToWhoeverAsksForItsOrganization() {
    String reader = keys.create("acme", Set.of(Scope.READ), Optional.empty()).text();
    Client denied = new Client(recording());
    denied.begin(asking(reader));
    await().until(() -> !denied.failures.isEmpty());
    denied.assertFailed("PERMISSION_DENIED");
    assertThat(denied.organizations).containsExactly("acme");
    assertThat(organization(denied.failures.peek().getTrailers())).contains("acme");

    store.limit("acme", new OrganizationLimits(OptionalLong.empty(), OptionalLong.of(1)));
    String limited = keys.create("acme", Scope.ALL, Optional.empty()).text();
    Client first = new Client();
    first.begin(asking(limited));
    await().until(first::isAskedForItsMessage);
    first.send(LIST);
    await().until(() -> !first.answers.isEmpty());
    assertThat(organization(first.headers)).contains("acme");
    assertThat(first.headers.get(CallHeaders.KEY_ID)).isEqualTo(keyId(limited));
    Client second = new Client();
    second.begin(asking(limited));
    await().until(() -> !second.failures.isEmpty());
    second.assertFailed("RATE_LIMITED");
    assertThat(second.organizations).containsExactly("acme");
    assertThat(organization(second.failures.peek().getTrailers())).contains("acme");
    assertThat(second.failures.peek().getTrailers().get(CallHeaders.KEY_ID))
        .isEqualTo(keyId(limited));
  }

  private static String keyId(String key) {
    return key.split("_")[1];
  }

  @Test
  void organization_isNotToldUnasked_norWithAWrongKey() {
    Client unasked = begun(key);
    unasked.send(LIST);
    await().until(() -> !unasked.answers.isEmpty());
    assertThat(organization(unasked.headers)).isEmpty();
    assertThat(unasked.headers.containsKey(CallHeaders.KEY_ID)).isFalse();

    Client wrong = new Client();
    wrong.begin(asking(ApiKey.generate(new SecureRandom()).text()));
    await().until(() -> !wrong.failures.isEmpty());
    wrong.assertFailed("UNAUTHENTICATED");
    assertThat(wrong.organizations).isEmpty();
    assertThat(organization(wrong.failures.peek().getTrailers())).isEmpty();
  }

  private static Metadata asking(String text) {
    Metadata headers = Edge.headers(text);
    headers.put(CallHeaders.ORGANIZATION, new byte[0]);
    return headers;
  }

  private static Optional<String> organization(Metadata headers) {
    return Optional.ofNullable(headers.get(CallHeaders.ORGANIZATION))
        .map(bytes -> new String(bytes, UTF_8));
  }

  /** As many as may wait would be twice as many. */
  @Test
  void keysOfOneAddress_thatAreLookedUp_leaveRoomForThoseOfOthers() {
    store.slow = true;
    SecureRandom random = new SecureRandom();
    List<Client> burst = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Client guesser = new Client();
      guesser.address = InetAddresses.forString("192.0.2.1");
      guesser.begin(ApiKey.generate(random).text());
      burst.add(guesser);
    }
    assertThat(burst.subList(0, 100)).allMatch(guesser -> guesser.failures.isEmpty());
    burst.subList(100, 300).forEach(guesser -> guesser.assertFailed("UNAVAILABLE"));
    assertThat(meters.refusals("look_ups").count()).isEqualTo(200);

    Client other = new Client();
    other.begin(key);
    // Whoever leaves makes room.
    burst.get(99).call.cancel();
    Client late = new Client();
    late.address = InetAddresses.forString("192.0.2.1");
    late.begin(ApiKey.generate(random).text());
    assertThat(late.failures).isEmpty();
    store.answers.countDown();

    await().until(other::isAskedForItsMessage);
    await().until(() -> !late.failures.isEmpty());
    late.assertFailed("UNAUTHENTICATED");
    other.call.cancel();
    burst.forEach(guesser -> await().until(() -> !guesser.call.isOpen()));
    assertNothingIsLeft();
  }

  /** A worker gives back what its call held a moment after it has answered. */
  private void assertNothingIsLeft() {
    await()
        .untilAsserted(
            () -> {
              assertThat(calls.requests().held()).as("request bytes").isZero();
              assertThat(calls.answers().held()).as("answer bytes").isZero();
              assertThat(calls.admission().waiting(Work.READ)).as("waiting").isZero();
              assertThat(calls.isIdle()).as("idle").isTrue();
            });
  }

  private static <E> E last(List<E> list) {
    return list.get(list.size() - 1);
  }

  private static EncodedMessage answerOf(int bytes) {
    return new EncodedMessage(List.of(new byte[bytes]), EncodedMessage.NO_ROWS);
  }

  private String key(String organization) {
    keys.ensureOrganization(organization, true);
    return keys.create(organization, Scope.ALL, Optional.empty()).text();
  }

  /** The key, known from now on as long as the clock stands. */
  private String cached(String text) {
    Client caller = begun(text);
    caller.call.cancel();
    return text;
  }

  /** A call whose message is asked for, or that was refused. */
  private Client begun(String text) {
    Client caller = new Client();
    caller.begin(text);
    await().until(() -> caller.isAskedForItsMessage() || !caller.failures.isEmpty());
    return caller;
  }

  private Client running(Hanging work) {
    Client caller = begun(key);
    caller.send(LIST);
    await().until(() -> work.started.getCount() == 0);
    return caller;
  }

  private UnaryMethod<ListWorkflowStepsRequest> listing() {
    return new UnaryMethod<>(
        WorkflowStepsServiceGrpc.getListWorkflowStepsMethod(),
        ListWorkflowStepsRequest.getDefaultInstance(),
        request -> Work.READ,
        ANSWER_BYTES,
        (caller, request, call) -> {
          started.incrementAndGet();
          return handler.answer(caller, request, call);
        });
  }

  private static UnaryMethod<?> recording() {
    return new UnaryMethod<>(
        WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod(),
        RecordWorkflowStepsRequest.getDefaultInstance(),
        request -> Work.WRITE,
        ANSWER_BYTES,
        (caller, request, call) -> answerOf(10));
  }

  /** Works until it may go on, whether its call is cancelled or not. */
  private static final class Hanging implements UnaryMethod.Handler<ListWorkflowStepsRequest> {

    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);

    @Override
    public EncodedMessage answer(Caller caller, ListWorkflowStepsRequest request, Call call) {
      try (Call.Registration ignored = call.onCancel(cancelled::countDown)) {
        started.countDown();
        goesOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return answerOf(10);
    }
  }

  /** Answers when it may, once it is slow. */
  private static final class SlowKeyStore extends InMemoryKeyStore {

    final AtomicInteger running = new AtomicInteger();
    final CountDownLatch answers = new CountDownLatch(1);
    volatile boolean slow;
    volatile Optional<FailedCallException> failure = Optional.empty();

    @Override
    public Optional<KeyWithLimits> find(String keyId) {
      running.incrementAndGet();
      try {
        if (slow) {
          answers.await();
        }
        if (failure.isPresent()) {
          throw failure.get();
        }
        return super.find(keyId);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        running.decrementAndGet();
      }
    }
  }

  /** Who calls, and what it is told. */
  private final class Client implements UnaryCall.Transport {

    final Queue<EncodedMessage> answers = new ConcurrentLinkedQueue<>();
    final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();
    final Queue<String> organizations = new ConcurrentLinkedQueue<>();
    volatile Metadata headers;
    InetAddress address = InetAddress.getLoopbackAddress();
    Duration timeout = TIMEOUT;
    private final UnaryMethod<?> method;
    private UnaryCall<?> call;
    private volatile Charge charge;
    private volatile Consumer<Reason> refusal;
    private volatile Runnable written;

    Client() {
      this(listing());
    }

    Client(UnaryMethod<?> method) {
      this.method = method;
    }

    void begin(String text) {
      begin(Edge.headers(text));
    }

    void begin(Metadata sent) {
      call = new UnaryCall<>(method, calls, this, sent, timeout);
      call.begin();
    }

    boolean isAskedForItsMessage() {
      return refusal != null;
    }

    @Override
    public Optional<InetAddress> address() {
      return Optional.of(address);
    }

    @Override
    public void authenticated(String organizationId) {
      organizations.add(organizationId);
    }

    void send(byte[] message) {
      if (charge != null) {
        charge.grow(message.length);
      }
      call.receive(message);
    }

    void refuse(Reason reason) {
      refusal.accept(reason);
    }

    void written() {
      written.run();
    }

    void assertFailed(String reason) {
      assertThat(failures).extracting(Failed::reason).containsExactly(reason);
      assertThat(failures.peek().getTrailers().get(CallHeaders.REQUEST_ID)).startsWith("req_");
      assertThat(failures.peek().getStatus().getDescription()).doesNotContain("secret", "away");
      assertThat(answers).isEmpty();
    }

    @Override
    public void read(Charge forMessage, Consumer<Reason> refuse) {
      charge = forMessage;
      refusal = refuse;
    }

    @Override
    public void answer(
        EncodedMessage message, Metadata with, Metadata trailers, Runnable afterwards) {
      headers = with;
      written = afterwards;
      answers.add(message);
    }

    @Override
    public void fail(StatusRuntimeException error) {
      failures.add(error);
    }
  }
}
