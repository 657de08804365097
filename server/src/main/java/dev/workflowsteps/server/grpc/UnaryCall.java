package dev.workflowsteps.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.LogNames;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.contract.Traceparent;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.RateDecision;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * One call, from its headers to its end, whichever way it came: the headers are authenticated, the
 * message is read, a place to run is waited for, and a worker answers. It ends once, by whichever
 * comes first of an answer, an error, its deadline, its caller's leave and the server's stop. Then
 * it gives back what it holds; a worker that runs for it does so when it has noticed.
 *
 * <p>Its transport calls {@link #begin}, then {@link #receive}, from threads that must not wait.
 */
final class UnaryCall<T extends Message> implements Call, Admission.Task {

  private static final Logger LOG = LoggerFactory.getLogger(UnaryCall.class);

  private static final Marker LIMITED = MarkerFactory.getMarker(LogNames.LIMITED);

  /** So long, the database's own time limit may take to end a call. */
  private static final Duration GRACE = Duration.ofMillis(100);

  /** A longer message is parsed by a worker. */
  private static final int MOST_PARSED_AT_ONCE = 16 << 10;

  private final UnaryMethod<T> method;
  private final UnaryCalls calls;
  private final Transport transport;
  private final Metadata headers;

  /** Of the caller's thread. OpenTelemetry's agent keeps the trace in it. */
  private final Context context = Context.current();

  private final String requestId;

  /** Empty if the caller sent none. */
  private final String traceId;

  private final long start;
  private final long deadline;

  /** Guarded by this, like what follows. Whoever sets {@link State#ENDED} answers. */
  private State state = State.OPEN;

  /** The question about the key that waits for a thread. */
  private Optional<KeyLookUps.LookUp> lookUp = Optional.empty();

  /** Null until the key is known; a call may end before. Set once. */
  private volatile Caller known;

  /** Null until the key is found to allow the call. Set once. */
  private Account account;

  /** The places for which it waits; stays after an end that comes first. */
  private Optional<Work> waitsFor = Optional.empty();

  /** Null unless it waits. */
  private Request<T> request;

  private final List<Runnable> onCancel = new ArrayList<>();

  /** Of its worker alone. */
  private boolean answered;

  private enum State {
    OPEN,
    /** A worker does its work. */
    RUNNING,
    ENDED
  }

  /** Whose call it is, what its response says beside the message, and what the call may hold. */
  private record Account(Caller caller, Metadata headers, Charge request, Charge answer) {
    void close() {
      request.close();
      answer.close();
    }
  }

  /** A request that may have to be parsed first. */
  @FunctionalInterface
  private interface Request<T> {
    T read() throws UnreadMessageException;
  }

  @FunctionalInterface
  private interface Part {
    void run() throws UnreadMessageException;
  }

  /** The way back to the caller. One of {@code answer} and {@code fail} is called, once. */
  interface Transport {

    /** Where the caller is; empty if that is no address. */
    Optional<InetAddress> address();

    /** The key is valid, whatever becomes of the call. */
    void authenticated(String organizationId);

    /**
     * Asks for the message.
     *
     * @param charge for the bytes of the message
     * @param refuse to be told why they are not read, if they don't fit; does not block
     */
    void read(Charge charge, Consumer<Reason> refuse);

    /**
     * Sends the answer.
     *
     * @param written to be run when it takes no more memory
     */
    void answer(EncodedMessage message, Metadata headers, Metadata trailers, Runnable written);

    /** Sends an error of {@link Errors}. */
    void fail(StatusRuntimeException error);
  }

  /**
   * @param timeout the longest it may take, from now on
   */
  UnaryCall(
      UnaryMethod<T> method,
      UnaryCalls calls,
      Transport transport,
      Metadata headers,
      Duration timeout) {
    this.method = method;
    this.calls = calls;
    this.transport = transport;
    this.headers = headers;
    this.requestId = RequestId.of(headers.get(CallHeaders.REQUEST_ID));
    this.traceId = Traceparent.traceId(headers.get(CallHeaders.TRACEPARENT));
    this.start = calls.nanoTime();
    this.deadline = start + timeout.toNanos();
  }

  /** Authenticates the caller, at once or on a thread that may ask the database, then reads. */
  void begin() {
    endIfItThrows(
        () -> {
          if (!calls.open(this)) {
            fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE));
            return;
          }
          Optional<Duration> refusal = transport.address().flatMap(calls.keys()::refusal);
          if (refusal.isPresent()) {
            fail(Errors.rateLimited(refusal.get()));
            return;
          }
          Optional<Caller> cached = calls.keys().cached(headers, transport.address());
          if (cached.isPresent()) {
            read(cached.get());
          } else {
            lookUp();
          }
        });
  }

  private void lookUp() {
    Optional<KeyLookUps.LookUp> begun =
        calls
            .keys()
            .lookUp(
                headers,
                transport.address(),
                asked -> context.run(() -> endIfItThrows(() -> read(asked.caller()))));
    synchronized (this) {
      lookUp = begun;
    }
    if (begun.isEmpty() || !calls.keys().run(begun.get())) {
      refuse(UnaryCalls.LOOK_UPS);
    } else if (!isOpen()) {
      calls.keys().withdraw(begun.get());
    }
  }

  /** The key is valid. */
  private void read(Caller caller) {
    String organization = caller.organizationId();
    transport.authenticated(organization);
    if (!isOpen()) {
      // Its key was looked up for nobody: that is no request to be counted.
      return;
    }
    known = caller;
    Metadata ofAnswer = new Metadata();
    if (headers.containsKey(CallHeaders.ORGANIZATION)) {
      ofAnswer.put(CallHeaders.ORGANIZATION, organization.getBytes(UTF_8));
      ofAnswer.put(CallHeaders.KEY_ID, caller.key().keyId());
    }
    if (!caller.key().scopes().contains(method.scope())) {
      StatusRuntimeException denied = Errors.permissionDenied(method.scope());
      denied.getTrailers().merge(ofAnswer);
      fail(denied);
      return;
    }
    RateDecision decision = calls.limits().take(caller.key());
    RateLimitHeaders.add(decision, ofAnswer);
    Account opened =
        new Account(
            caller,
            ofAnswer,
            calls.requests().charge(organization),
            calls.answers().charge(organization));
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      account = opened;
    }
    if (decision.allowed()) {
      // The transport may be in the middle of its work.
      transport.read(opened.request(), reason -> calls.later(() -> refuseMessage(reason)));
    } else {
      calls.answerRefusal(this, () -> fail(Errors.rateLimited(decision)));
    }
  }

  /** Takes the whole message, which is not to be changed, and waits for a place. */
  void receive(byte[] message) {
    endIfItThrows(
        () -> {
          if (message.length > MOST_PARSED_AT_ONCE) {
            submit(method.work(), () -> parse(message));
          } else {
            T parsed = parse(message);
            submit(method.work(parsed), () -> parsed);
          }
        });
  }

  private T parse(byte[] message) throws UnreadMessageException {
    MessageBytes.pay(account.request(), method.cost(account.caller(), message));
    return method.parse(message);
  }

  private void submit(Work needed, Request<T> received) {
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      waitsFor = Optional.of(needed);
      request = received;
    }
    calls.admission().submit(needed, this);
    if (endedInQueue()) {
      calls.admission().withdraw(needed, this);
    }
  }

  private synchronized boolean endedInQueue() {
    return state == State.ENDED && waitsFor.isPresent();
  }

  /** Its message can't be read. */
  void refuseMessage(Reason reason) {
    switch (reason) {
      case TOO_LARGE -> fail(Errors.of(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE));
      case NO_MEMORY -> refuse(UnaryCalls.REQUEST_BYTES);
      case BROKEN -> fail(UnaryMethod.malformed());
    }
  }

  /** It ends without one. */
  void receiveNoMessage() {
    fail(Errors.of(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "The call has no message."));
  }

  @Override
  public String organization() {
    return account.caller().organizationId();
  }

  /** Answers, unless the call has ended. */
  @Override
  public void run() {
    // Whoever ended another call, and so gave this one its place, has a context of its own.
    context.run(this::work);
  }

  private void work() {
    Request<T> received;
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.RUNNING;
      waitsFor = Optional.empty();
      received = request;
      request = null;
    }
    try {
      endIfItThrows(() -> answer(received.read()));
    } finally {
      account.request().close();
      if (!answered) {
        account.answer().close();
      }
    }
  }

  private void answer(T received) {
    if (!account.answer().grow(method.answerBytes())) {
      refuse(UnaryCalls.ANSWER_BYTES);
      return;
    }
    EncodedMessage answer = method.handler().answer(account.caller(), received, this);
    if (end()) {
      account.answer().set(answer.size());
      calls.limits().spent(account.caller().key(), answer.size());
      transport.answer(
          answer, account.headers(), trailers(new Metadata()), account.answer()::close);
      answered = true;
      record(Status.Code.OK, answer.rows(), answer.size(), Optional.empty());
    }
  }

  @Override
  public void refuse(Admission.Refusal refusal) {
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      waitsFor = Optional.empty();
      request = null;
    }
    account.request().close();
    calls.countRefusal(refusal);
    calls.answerRefusal(this, () -> fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE)));
  }

  private void refuse(String why) {
    if (fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE))) {
      calls.countRefusal(why);
    }
  }

  @Override
  public void reserve(long answerBytes) {
    long more = answerBytes - account.answer().held();
    if (more <= 0 || account.answer().grow(more)) {
      return;
    }
    if (!account.answer().couldGrow(more)) {
      LOG.warn(
          LIMITED,
          "an answer of {} bytes never fits among the {} that an organization may hold; give the"
              + " process more memory with -Xmx",
          answerBytes,
          calls.answers().organizationLimit());
    }
    throw new FailedCallException(
        FailedCallException.Reason.NO_MEMORY, "no memory for an answer of this size");
  }

  /** Does a part of the call, with its ids in the log, also of what it throws. */
  private void endIfItThrows(Part part) {
    try (MDC.MDCCloseable ignored = MDC.putCloseable(LogNames.REQUEST_ID, requestId);
        MDC.MDCCloseable ignoredTrace =
            traceId.isEmpty() ? null : MDC.putCloseable(LogNames.TRACE_ID, traceId)) {
      answerWhatIsThrown(part);
    }
  }

  /** Whatever it throws is its answer; an Error goes on. */
  private void answerWhatIsThrown(Part part) {
    try {
      part.run();
    } catch (UnreadMessageException e) {
      refuseMessage(e.reason());
    } catch (FailedCallException e) {
      fail(e);
    } catch (StatusRuntimeException e) {
      fail(Errors.conforming(method.name(), e));
    } catch (RuntimeException e) {
      LOG.error("a call failed by an error of the program", e);
      fail(Errors.internal());
    } catch (Error e) {
      fail(Errors.internal());
      throw e;
    }
  }

  private void fail(FailedCallException e) {
    if (e.reason() == FailedCallException.Reason.NO_MEMORY) {
      refuse(UnaryCalls.ANSWER_BYTES);
      return;
    }
    if (fail(Errors.of(e)) && e.reason() == FailedCallException.Reason.UNAVAILABLE) {
      LOG.warn(LIMITED, "the storage is unavailable: {}", e.getMessage());
    }
  }

  /** False if the call has ended before. */
  private boolean fail(StatusRuntimeException error) {
    if (!end()) {
      return false;
    }
    trailers(error.getTrailers());
    if (account != null) {
      error.getTrailers().merge(account.headers());
    }
    transport.fail(error);
    record(error.getStatus().getCode(), EncodedMessage.NO_ROWS, 0, Optional.of(error));
    return true;
  }

  private Metadata trailers(Metadata trailers) {
    trailers.put(CallHeaders.REQUEST_ID, requestId);
    return trailers;
  }

  /** The caller has left: nobody is answered, and the work is cancelled. */
  void cancel() {
    if (end()) {
      record(
          remaining().isNegative() ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED,
          EncodedMessage.NO_ROWS,
          0,
          Optional.empty());
      cancelWork();
    }
  }

  /** Answers that the server is unavailable, and cancels the work. */
  void breakOff() {
    if (fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE))) {
      cancelWork();
    }
  }

  /** Ends the call if its time is over, and the database has not ended it. */
  void expire() {
    if (calls.nanoTime() - deadline > GRACE.toNanos()
        && fail(Errors.of(ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED))) {
      cancelWork();
    }
  }

  private void cancelWork() {
    List<Runnable> actions;
    synchronized (this) {
      actions = List.copyOf(onCancel);
      onCancel.clear();
    }
    actions.forEach(Runnable::run);
  }

  synchronized boolean isOpen() {
    return state != State.ENDED;
  }

  /** Nobody else may answer then; false if somebody else may. Gives back what no worker uses. */
  private boolean end() {
    State before;
    Optional<Work> waited;
    synchronized (this) {
      before = state;
      waited = waitsFor;
      state = State.ENDED;
      request = null;
    }
    if (before == State.ENDED) {
      return false;
    }
    if (account == null) {
      lookUp.ifPresent(calls.keys()::withdraw);
    } else if (before != State.RUNNING) {
      account.close();
    }
    waited.ifPresent(work -> calls.admission().withdraw(work, this));
    calls.forget(this);
    return true;
  }

  private void record(
      Status.Code code, int rows, long bytes, Optional<StatusRuntimeException> error) {
    long nanos = calls.nanoTime() - start;
    calls.record(method.name(), code, nanos);
    if (calls.accessLog().takes(code != Status.Code.OK, nanos)) {
      calls
          .accessLog()
          .add(
              CallEntries.of(
                  new AccessLog.Request(requestId, traceId, "", method.name()),
                  new AccessLog.Outcome(code.name(), nanos, rows, bytes),
                  Optional.ofNullable(known),
                  transport.address(),
                  headers,
                  error.filter(Errors::isMalformed).isPresent()));
    }
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(deadline - calls.nanoTime());
  }

  @Override
  public Registration onCancel(Runnable action) {
    synchronized (this) {
      if (state != State.ENDED) {
        onCancel.add(action);
        return () -> {
          synchronized (this) {
            onCancel.remove(action);
          }
        };
      }
    }
    action.run();
    return () -> {};
  }
}
