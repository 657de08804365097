package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.server.admission.Admission;
import dev.workflowsteps.server.admission.MemoryBudget;
import dev.workflowsteps.server.admission.RefusalBrake;
import dev.workflowsteps.server.admission.Work;
import dev.workflowsteps.server.auth.RateLimits;
import dev.workflowsteps.server.ops.Meters;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All calls of unary methods that are open, and what they share. */
final class UnaryCalls implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UnaryCalls.class);

  /** What there may be too much of, as metrics call it. */
  static final String LOOK_UPS = "look_ups";

  static final String REQUEST_BYTES = "request_bytes";
  static final String ANSWER_BYTES = "answer_bytes";

  /** There from the start on, so that the first can be seen as an increase. */
  private static final List<String> REFUSALS =
      Stream.concat(
              Stream.of(Admission.Refusal.values()).map(UnaryCalls::label),
              Stream.of(LOOK_UPS, REQUEST_BYTES, ANSWER_BYTES))
          .toList();

  /** How far an end by time may be late. */
  private static final int TICK_MILLIS = 20;

  /** Refusals that are held back; more than that are answered at once. */
  private static final int MOST_HELD = 10_000;

  private final Duration timeout;
  private final KeyLookUps keys;
  private final RateLimits limits;
  private final Admission admission;
  private final MemoryBudget requests = budget();
  private final MemoryBudget answers = budget();
  private final CallTimers timers;
  private final Map<String, Counter> refusals = new HashMap<>();
  private final AccessLog accessLog;
  private final Set<UnaryCall<?>> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers = Executors.newCachedThreadPool(new NamedThreads("grpc"));
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
      KeyLookUps keys,
      RateLimits limits,
      RefusalBrake brake,
      Meters meters,
      AccessLog accessLog,
      LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.brake = brake;
    this.timeout = timeout;
    this.keys = keys;
    this.admission = new Admission(places, workers, nanoTime);
    this.timers = new CallTimers(meters);
    this.accessLog = accessLog;
    for (Work work : Work.values()) {
      String label = label(work);
      meters.calls(label, "running", () -> admission.running(work));
      meters.calls(label, "waiting", () -> admission.waiting(work));
    }
    meters.callsLimit("read", places.reads());
    meters.callsLimit("large_read", places.largeReads());
    meters.callsLimit("write", places.writes());
    REFUSALS.forEach(reason -> refusals.put(reason, meters.refusals(reason)));
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

  KeyLookUps keys() {
    return keys;
  }

  RateLimits limits() {
    return limits;
  }

  /** Of the bytes of requests, as they are sent and as they are parsed. */
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

  void record(String method, Status.Code code, long nanos) {
    timers.record(method, code, nanos);
  }

  AccessLog accessLog() {
    return accessLog;
  }

  /** Makes the timers of a method. */
  void prepare(String method) {
    timers.prepare(method);
  }

  void countRefusal(Admission.Refusal why) {
    countRefusal(label(why));
  }

  void countRefusal(String why) {
    refusals.get(why).increment();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
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
    keys.close();
    workers.shutdown();
  }
}
