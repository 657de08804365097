package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.RateDecision;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One call, from its headers to its end, whichever way it came: the headers are authenticated, the
 * message is read, a place to run is waited for, and a worker answers. It ends once, by whichever
 * comes first of an answer, an error, its deadline, its caller's leave and the server's stop.
 *
 * <p>Its transport calls {@link #begin}, then {@link #receive}, from threads that must not wait.
 */
final class UnaryCall<T extends Message> implements Call, Admission.Task {

  private static final Logger LOG = LoggerFactory.getLogger(UnaryCall.class);

  private static final String MDC_KEY = "request_id";

  /** What there may be too much of, as metrics call it. */
  private static final String REQUEST_BYTES = "request_bytes";

  private static final String ANSWER_BYTES = "answer_bytes";

  /** So long, the database's own time limit may take to end a call. */
  private static final Duration GRACE = Duration.ofMillis(100);

  /** A longer message is parsed by a worker. */
  private static final int MOST_PARSED_AT_ONCE = 16 << 10;

  private final UnaryMethod<T> method;
  private final UnaryCalls calls;
  private final Transport transport;
  private final String requestId;
  private final long start;
  private final long deadline;

  /** Null until it is known; a caller may leave before. */
  private volatile Caller caller;

  private byte[] message;
  private T request;
  private volatile Work work = Work.READ;

  private final Metadata responseHeaders = new Metadata();
  private Charge requestCharge;
  private Charge answerCharge;

  /** Of its worker alone. */
  private boolean answered;

  /** Guarded by this, like what follows. */
  private boolean ended;

  private boolean running;

  private boolean gone;
  private final List<Runnable> onCancel = new ArrayList<>();

  /** The way back to the caller. One of {@code answer} and {@code fail} is called, once. */
  interface Transport {

    /**
     * Asks for the message.
     *
     * @param charge for the bytes of the message
     * @param refuse to be run if they don't fit; does not block
     */
    void read(Charge charge, Runnable refuse);

    /**
     * Sends the answer.
     *
     * @param written to be run when it takes no more memory
     */
    void answer(EncodedMessage message, Metadata headers, Metadata trailers, Runnable written);

    void fail(Status status, Metadata trailers);
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
    this.requestId = RequestId.of(headers.get(CallHeaders.REQUEST_ID));
    this.start = System.nanoTime();
    this.deadline = start + timeout.toNanos();
  }

  /** Authenticates the caller, at once or on a thread that may ask the database, then reads. */
  void begin(Metadata headers) {
    if (!calls.open(this)) {
      fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE));
      return;
    }
    if (!calls.authenticate(headers, () -> authenticate(headers))) {
      refuse("look_ups");
    }
  }

  private void authenticate(Metadata headers) {
    try (MDC.MDCCloseable ignored = MDC.putCloseable(MDC_KEY, requestId)) {
      Caller known = calls.caller(headers);
      requestCharge = calls.requests().charge(known.organizationId());
      answerCharge = calls.answers().charge(known.organizationId());
      // From here on the call may end on any thread, which gives the charges back.
      caller = known;
      RateDecision decision = calls.limits().take(known.key());
      RateLimitHeaders.add(decision, responseHeaders);
      if (!decision.allowed()) {
        fail(Errors.rateLimited(decision));
        return;
      }
      transport.read(requestCharge, () -> calls.later(() -> refuse(REQUEST_BYTES)));
    } catch (StatusRuntimeException e) {
      fail(e);
    } catch (FailedCallException e) {
      LOG.warn("keys cannot be looked up: {}", e.getMessage());
      fail(Errors.of(e));
    } catch (RuntimeException e) {
      LOG.error("a key could not be looked up by an error of the program", e);
      fail(Errors.internal());
    }
  }

  /** Takes the whole message, and waits for a place. */
  void receive(byte[] received) {
    try {
      if (received.length > MOST_PARSED_AT_ONCE) {
        message = received;
        work = method.work();
      } else if (parse(received)) {
        work = method.work(request);
      } else {
        return;
      }
    } catch (StatusRuntimeException e) {
      fail(e);
      return;
    }
    if (isOpen()) {
      calls.admission().submit(work, this);
    }
  }

  /** False if there is no memory for it; the call is refused then. */
  private boolean parse(byte[] bytes) {
    long cost = method.cost(caller, bytes);
    if (requestCharge.grow(cost)) {
      request = method.parse(bytes);
      return true;
    }
    refuseMessage(requestCharge.couldGrow(cost) ? Reason.NO_MEMORY : Reason.TOO_LARGE);
    return false;
  }

  /** Its message can't be read. */
  void refuseMessage(Reason reason) {
    switch (reason) {
      case TOO_LARGE -> fail(Errors.of(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE));
      case NO_MEMORY -> refuse(REQUEST_BYTES);
      case BROKEN -> fail(UnaryMethod.malformed());
    }
  }

  /** It has no message, or several. */
  void receiveNoMessage() {
    fail(
        Errors.of(
            ErrorReason.ERROR_REASON_MALFORMED_REQUEST, "The call does not have one message."));
  }

  @Override
  public String organization() {
    return caller.organizationId();
  }

  /** Answers, unless the caller has left; whatever happens. */
  @Override
  public void run() {
    synchronized (this) {
      if (ended) {
        return;
      }
      running = true;
    }
    try (MDC.MDCCloseable ignored = MDC.putCloseable(MDC_KEY, requestId)) {
      if (request == null && !parse(message)) {
        return;
      }
      message = null;
      if (!answerCharge.grow(method.answerBytes())) {
        refuse(ANSWER_BYTES);
        return;
      }
      answer(method.handler().answer(caller, request, this));
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
    } finally {
      requestCharge.close();
      if (!answered) {
        answerCharge.close();
      }
    }
  }

  private void fail(FailedCallException e) {
    switch (e.reason()) {
      case NO_MEMORY -> {
        calls.countRefusal(ANSWER_BYTES);
        LOG.warn("{}", e.getMessage());
      }
      case UNAVAILABLE -> LOG.warn("the storage is unavailable: {}", e.getMessage());
      default -> {
        // An answer like any other.
      }
    }
    fail(Errors.of(e));
  }

  @Override
  public void reserve(long answerBytes) {
    long more = answerBytes - answerCharge.held();
    if (more > 0 && !answerCharge.grow(more)) {
      throw new FailedCallException(
          FailedCallException.Reason.NO_MEMORY,
          "no room for an answer of "
              + answerBytes
              + " bytes among the "
              + calls.answers().organizationLimit()
              + " that an organization may hold; give the process more memory with -Xmx");
    }
  }

  @Override
  public void refuse(Admission.Refusal refusal) {
    calls.countRefusal(refusal.name());
    message = null;
    request = null;
    requestCharge.close();
    calls.answerRefusal(this, () -> fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE)));
  }

  private void refuse(String why) {
    calls.countRefusal(why);
    fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE));
  }

  private void answer(EncodedMessage answer) {
    if (end()) {
      answered = true;
      answerCharge.set(answer.size());
      calls.limits().spent(caller.key(), answer.size());
      transport.answer(answer, responseHeaders, trailers(new Metadata()), answerCharge::close);
      record(Status.Code.OK);
    }
  }

  private void fail(StatusRuntimeException error) {
    if (end()) {
      Metadata trailers = error.getTrailers();
      Metadata all = trailers(trailers == null ? new Metadata() : trailers);
      all.merge(responseHeaders);
      transport.fail(error.getStatus(), all);
      record(error.getStatus().getCode());
    }
  }

  private Metadata trailers(Metadata trailers) {
    trailers.put(CallHeaders.REQUEST_ID, requestId);
    return trailers;
  }

  /** The caller has left: nobody is answered, and the work is cancelled. */
  void cancel() {
    if (end()) {
      if (caller != null) {
        calls.admission().withdraw(work, this);
      }
      record(remaining().isNegative() ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED);
      cancelWork();
    }
  }

  /** Answers that the server is unavailable, and cancels the work. */
  void breakOff() {
    fail(Errors.of(ErrorReason.ERROR_REASON_UNAVAILABLE));
    cancelWork();
  }

  /** Ends the call if its time is over, and the database has not ended it. */
  void expire(long now) {
    if (now - deadline > GRACE.toNanos() && isOpen()) {
      fail(Errors.of(ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED));
      cancelWork();
    }
  }

  private void cancelWork() {
    List<Runnable> actions;
    synchronized (this) {
      gone = true;
      actions = List.copyOf(onCancel);
      onCancel.clear();
    }
    actions.forEach(Runnable::run);
  }

  private synchronized boolean isOpen() {
    return !ended;
  }

  /** False if it has ended before. What it holds is given back, by its worker if it has one. */
  private boolean end() {
    boolean hasWorker;
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      hasWorker = running;
    }
    if (!hasWorker && caller != null) {
      requestCharge.close();
      answerCharge.close();
    }
    calls.forget(this);
    return true;
  }

  private void record(Status.Code code) {
    calls.record(method.name(), code, System.nanoTime() - start);
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  @Override
  public Registration onCancel(Runnable action) {
    synchronized (this) {
      if (!gone) {
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
