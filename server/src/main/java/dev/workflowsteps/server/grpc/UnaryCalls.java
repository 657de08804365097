package dev.workflowsteps.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.MemoryBudget;
import dev.workflowsteps.server.admission.RefusalBrake;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.Authenticated;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.auth.RateLimits;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All calls of unary methods that are open, and what they share. */
final class UnaryCalls implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UnaryCalls.class);

  /** How far an end by time may be late. */
  private static final int TICK_MILLIS = 20;

  private static final int MOST_WAITING_LOOK_UPS = 200;

  /** Refusals that are held back; more than that are answered at once. */
  private static final int MOST_HELD = 10_000;

  private final Duration timeout;
  private final Authenticator authenticator;
  private final RateLimits limits;
  private final Admission admission;
  private final MemoryBudget requests = budget();
  private final MemoryBudget answers = budget();
  private final CallTimers timers;
  private final Meters meters;
  private final Set<UnaryCall<?>> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers = Executors.newCachedThreadPool(new NamedThreads("grpc"));
  private final ThreadPoolExecutor lookUps =
      new ThreadPoolExecutor(
          Settings.KEY_CONNECTIONS,
          Settings.KEY_CONNECTIONS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING_LOOK_UPS),
          new NamedThreads("grpc-keys"));
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(new NamedThreads("grpc-clock"));
  private final LongSupplier nanoTime;
  private final RefusalBrake brake;
  private final AtomicInteger held = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * @param timeout the longest a call may take, whatever deadline its caller set
   * @param places how many calls may run
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  UnaryCalls(
      Duration timeout,
      Admission.Limits places,
      Authenticator authenticator,
      RateLimits limits,
      RefusalBrake brake,
      Meters meters,
      LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.brake = brake;
    this.timeout = timeout;
    this.authenticator = authenticator;
    this.admission = new Admission(places, workers, nanoTime);
    this.timers = new CallTimers(meters);
    this.meters = meters;
    for (Work work : Work.values()) {
      String label = work.name().toLowerCase(Locale.ROOT);
      meters.calls(label, "running", () -> admission.running(work));
      meters.calls(label, "waiting", () -> admission.waiting(work));
    }
    meters.memory("requests", requests::held, requests.limit());
    meters.memory("answers", answers::held, answers.limit());
    meters.refusalsHeld(held);
    scheduleTick();
  }

  private void scheduleTick() {
    var unused = clock.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Whatever it throws, the next one comes. */
  private void tick() {
    try {
      admission.refuseLate();
      brake.forgetIdle();
      open.forEach(UnaryCall::expire);
    } catch (RuntimeException | Error e) {
      LOG.error("calls that are late could not be ended; trying again", e);
      throw e;
    } finally {
      scheduleTick();
    }
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  Duration timeout() {
    return timeout;
  }

  RateLimits limits() {
    return limits;
  }

  /** Of the bytes of requests, as they come and as they are parsed. */
  MemoryBudget requests() {
    return requests;
  }

  /** Of the bytes of answers that are made or not written yet. */
  MemoryBudget answers() {
    return answers;
  }

  private static MemoryBudget budget() {
    return MemoryBudget.ofMemory(
        Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
  }

  /** Runs a short task soon, on a thread of its own. */
  void later(Runnable task) {
    clock.execute(task);
  }

  Admission admission() {
    return admission;
  }

  /** False if the server has stopped. */
  boolean open(UnaryCall<?> call) {
    open.add(call);
    return !stopped;
  }

  void forget(UnaryCall<?> call) {
    open.remove(call);
  }

  /** Whether no call is open. */
  boolean isIdle() {
    return open.isEmpty();
  }

  /** Waits until none is open, at most for so long. */
  void awaitIdle(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    try {
      while (!isIdle() && end - System.nanoTime() > 0) {
        TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a task on a thread that may ask the database for a key; false if too many wait. */
  boolean lookUp(Runnable task) {
    try {
      lookUps.execute(task);
      return true;
    } catch (RejectedExecutionException full) {
      return false;
    }
  }

  /** Forgets a task that waits for such a thread. */
  void withdraw(Runnable lookUp) {
    lookUps.remove(lookUp);
  }

  /**
   * Who is asking, if the database need not be asked for that; else empty.
   *
   * @throws io.grpc.StatusRuntimeException {@code unauthenticated} or {@code malformed_request}
   */
  Optional<Caller> cachedCaller(Metadata headers) {
    return authenticator
        .authenticateFromCache(
            all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION))
        .map(key -> caller(key, headers));
  }

  /**
   * Who is asking.
   *
   * @throws io.grpc.StatusRuntimeException {@code unauthenticated} or {@code malformed_request}
   * @throws dev.workflowsteps.server.call.FailedCallException {@code UNAVAILABLE}
   */
  Caller caller(Metadata headers) {
    return caller(
        authenticator.authenticate(
            all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION)),
        headers);
  }

  private static Caller caller(Optional<Authenticated> key, Metadata headers) {
    return new Caller(
        key.orElseThrow(Errors::unauthenticated), violations(headers.get(CallHeaders.VIOLATIONS)));
  }

  private static Violations violations(byte[] encoded) {
    if (encoded == null) {
      return Violations.getDefaultInstance();
    }
    try {
      return Violations.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
          CallHeaders.VIOLATIONS.name() + ": not a workflows.v1.Violations message");
    }
  }

  private static List<String> all(Metadata headers, Metadata.Key<String> key) {
    Iterable<String> values = headers.getAll(key);
    List<String> all = new ArrayList<>();
    if (values != null) {
      values.forEach(all::add);
    }
    return all;
  }

  void record(String method, Status.Code code, long nanos) {
    timers.record(method, code, nanos);
  }

  void countRefusal(String why) {
    meters.refusals(why.toLowerCase(Locale.ROOT)).increment();
  }

  /** Answers now, or later if the call's organization is refused too often. */
  void answerRefusal(UnaryCall<?> call, Runnable answer) {
    Duration hold = brake.hold(call.organization());
    Duration most = call.remaining().dividedBy(2);
    long nanos = Math.min(hold.toNanos(), most.toNanos());
    if (nanos <= 0 || held.get() >= MOST_HELD) {
      answer.run();
      return;
    }
    held.incrementAndGet();
    var unused =
        clock.schedule(
            () -> {
              held.decrementAndGet();
              answer.run();
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /** Answers the open calls, cancels their work, and refuses all later ones. */
  void breakOff() {
    stopped = true;
    List.copyOf(open).forEach(UnaryCall::breakOff);
  }

  @Override
  public void close() {
    breakOff();
    clock.shutdownNow();
    lookUps.shutdown();
    workers.shutdown();
  }
}
