package dev.workflowsteps.server.admission;

import dev.workflowsteps.server.admission.Admission.Refusal;
import dev.workflowsteps.server.admission.Admission.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Places that tasks run in, and who has them or waits for them. Large tasks may have a part of the
 * places and no more, so that there is always one soon for the others.
 */
final class Places {

  /**
   * Whoever would probably wait for longer than this part of the time that calls take is refused at
   * once: a wait should not add much to it.
   */
  private static final double PART_OF_TIME = 0.75;

  /** Whoever would wait for less is not refused. */
  private static final Duration SHORT_WAIT = Duration.ofMillis(50);

  /** Whoever would probably wait for longer is refused at once, however long calls take. */
  private static final Duration LONGEST_EXPECTED_WAIT = Duration.ofMillis(150);

  /** Whoever does wait for so long is refused, too. */
  static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  /**
   * So long may anybody wait while the first calls run: they take many times as long as later ones,
   * and soon there is a place for all who wait.
   */
  static final Duration LONGEST_FIRST_WAIT = Duration.ofSeconds(2);

  /** So long after the first call, calls count as first ones, however many have ended. */
  static final Duration FIRST_TIME = Duration.ofSeconds(10);

  /** While fewer wait, an organization that has nothing may let one wait, however long it takes. */
  private static final int FEW_WAITING = 100;

  private final int count;
  private final int mostLarge;
  private final int firstCalls;
  private final Executor workers;
  private final LongSupplier nanoTime;
  private final Map<String, Share> shares = new HashMap<>();
  private final MeanTime time = new MeanTime();
  private final MeanTime largeTime = new MeanTime();
  private final List<Call> running = new ArrayList<>();
  private int runningLarge;
  private int waiting;
  private long queueBegan;
  private boolean begun;
  private long beginning;
  private boolean full;
  private long lastFull;
  private int ended;
  private long turn;

  /** What an organization has and wants; it is forgotten when that is nothing. */
  private static final class Share {
    final ArrayDeque<Call> queue = new ArrayDeque<>();
    int running;
    long lastTurn;

    boolean isIdle() {
      return running == 0 && queue.isEmpty();
    }

    long waiting(boolean large) {
      return queue.stream().filter(task -> task.large() == large).count();
    }
  }

  /**
   * @param since when it got its place, or began to wait
   */
  private record Call(Task task, boolean large, long since) {}

  /** How long tasks take, the latest of them above all. */
  private static final class MeanTime {

    private static final Duration FIRST_GUESS = Duration.ofMillis(10);
    private static final double WEIGHT_OF_LAST = 1.0 / 16;

    double nanos = FIRST_GUESS.toNanos();

    void add(long last) {
      nanos += (last - nanos) * WEIGHT_OF_LAST;
    }
  }

  /**
   * @param count how many tasks may run at once
   * @param mostLarge how many of these may be large
   * @param firstCalls while no more have ended, and for {@link #FIRST_TIME}, calls may wait for
   *     longer; 0 = never
   */
  Places(int count, int mostLarge, int firstCalls, Executor workers, LongSupplier nanoTime) {
    this.count = count;
    this.mostLarge = mostLarge;
    this.firstCalls = firstCalls;
    this.workers = workers;
    this.nanoTime = nanoTime;
  }

  void submit(Task task, boolean large) {
    Optional<Call> runs = Optional.empty();
    synchronized (this) {
      if (!begun) {
        begun = true;
        beginning = nanoTime.getAsLong();
      }
      Share share = shares.computeIfAbsent(task.organization(), name -> new Share());
      if (hasFree(large)) {
        runs = Optional.of(take(share, task, large));
      } else if (mayWait(share, large)) {
        if (waiting == 0) {
          queueBegan = nanoTime.getAsLong();
        }
        share.queue.add(new Call(task, large, nanoTime.getAsLong()));
        waiting++;
        return;
      } else if (share.isIdle()) {
        shares.remove(task.organization());
      }
    }
    runs.ifPresentOrElse(this::start, () -> task.refuse(Refusal.QUEUE_FULL));
  }

  private boolean hasFree(boolean large) {
    return running.size() < count && (!large || runningLarge < mostLarge);
  }

  private boolean mayWait(Share share, boolean large) {
    if (share.isIdle() && waiting < FEW_WAITING) {
      return true;
    }
    long accepted = acceptedWait(large ? largeTime : time);
    int position = position(share, large);
    if (position * timeBetweenEnds(large) > accepted) {
      full = true;
      lastFull = nanoTime.getAsLong();
      return false;
    }
    return !wasFull()
        || hasLessThanItsPart(share, large)
        || untilEnded(position, large) <= accepted;
  }

  private long acceptedWait(MeanTime time) {
    if (areFirstCalls()) {
      return LONGEST_FIRST_WAIT.toNanos();
    }
    long accepted = Math.max(SHORT_WAIT.toNanos(), (long) (PART_OF_TIME * time.nanos));
    if (isYoungQueue()) {
      accepted = Math.max(accepted, LONGEST_EXPECTED_WAIT.toNanos() - (long) time.nanos);
    }
    return Math.min(accepted, LONGEST_EXPECTED_WAIT.toNanos());
  }

  private boolean areFirstCalls() {
    return firstCalls > 0
        && (ended < firstCalls || nanoTime.getAsLong() - beginning < FIRST_TIME.toNanos());
  }

  /** Somebody has waited for a short time only: fast calls soon work off what came at once. */
  private boolean isYoungQueue() {
    return waiting == 0 || nanoTime.getAsLong() - queueBegan < LONGEST_WAIT.toNanos();
  }

  /** How many get a place before the next of this share would run, itself included. */
  private int position(Share share, boolean large) {
    long before = share.waiting(large);
    long wanted = share.running + before;
    for (Share other : shares.values()) {
      if (other != share && other.running < wanted) {
        before += Math.min(other.waiting(large), wanted - other.running);
      }
    }
    return (int) before + 1;
  }

  private double timeBetweenEnds(boolean large) {
    return large ? largeTime.nanos / mostLarge : time.nanos / count;
  }

  /** The queue was too long for somebody, so short a time ago that calls may wait since then. */
  private boolean wasFull() {
    return full && nanoTime.getAsLong() - lastFull < LONGEST_WAIT.toNanos();
  }

  private boolean hasLessThanItsPart(Share share, boolean large) {
    return (share.running + share.queue.size()) * shares.size() < (large ? mostLarge : count);
  }

  /**
   * Until so many of the running calls have ended whose places it may have, if each takes the mean
   * time of its kind. Calls of one length begin and end together when many wait: who comes just
   * after they began waits for as long as a call takes, even as the first in the queue.
   */
  private double untilEnded(int calls, boolean large) {
    long now = nanoTime.getAsLong();
    boolean onlyLarge = large && runningLarge == mostLarge;
    double[] ends =
        running.stream()
            .filter(call -> call.large() || !onlyLarge)
            .mapToDouble(call -> call.since() - now + (call.large() ? largeTime : time).nanos)
            .sorted()
            .toArray();
    return ends[Math.min(calls, ends.length) - 1];
  }

  /** Has a call that has a place run by a worker. Without a worker it gives the place back. */
  private void start(Call call) {
    boolean started = false;
    try {
      workers.execute(() -> work(call));
      started = true;
    } finally {
      if (!started) {
        giveBack(call);
      }
    }
  }

  private synchronized void giveBack(Call call) {
    running.remove(call);
    runningLarge -= call.large() ? 1 : 0;
    String organization = call.task().organization();
    Share share = shares.get(organization);
    share.running--;
    if (share.isIdle()) {
      shares.remove(organization);
    }
  }

  private Call take(Share share, Task task, boolean large) {
    Call call = new Call(task, large, nanoTime.getAsLong());
    running.add(call);
    runningLarge += large ? 1 : 0;
    share.running++;
    share.lastTurn = ++turn;
    return call;
  }

  /** Runs the call, and then those that get its place. */
  private void work(Call first) {
    Optional<Call> call = Optional.of(first);
    while (call.isPresent()) {
      Call now = call.get();
      long start = nanoTime.getAsLong();
      boolean completed = false;
      try {
        now.task().run();
        completed = true;
      } finally {
        call = next(now, nanoTime.getAsLong() - start);
        if (!completed) {
          // Whatever was thrown ends this thread, but the place is the next one's.
          call.ifPresent(this::start);
        }
      }
    }
  }

  private synchronized Optional<Call> next(Call ended, long nanos) {
    (ended.large() ? largeTime : time).add(nanos);
    this.ended = Math.min(this.ended + 1, firstCalls);
    giveBack(ended);
    return waiting == 0
        ? Optional.empty()
        : shares.values().stream()
            .filter(other -> first(other).isPresent())
            .min(
                Comparator.<Share>comparingInt(other -> other.running)
                    .thenComparingLong(other -> other.lastTurn))
            .map(this::startFirst);
  }

  /** The first that could run now. */
  private Optional<Call> first(Share share) {
    return share.queue.stream().filter(call -> hasFree(call.large())).findFirst();
  }

  private Call startFirst(Share share) {
    Call first = first(share).orElseThrow();
    share.queue.remove(first);
    waiting--;
    return take(share, first.task(), first.large());
  }

  @SuppressWarnings("ReferenceEquality") // a task is itself alone
  synchronized boolean withdraw(Task task) {
    Share share = shares.get(task.organization());
    if (share == null || !share.queue.removeIf(other -> other.task() == task)) {
      return false;
    }
    waiting--;
    if (share.isIdle()) {
      shares.remove(task.organization());
    }
    return true;
  }

  void refuseLate() {
    late().forEach(task -> task.refuse(Refusal.WAITED));
  }

  private synchronized List<Task> late() {
    List<Task> late = new ArrayList<>();
    if (waiting == 0) {
      return late;
    }
    Duration longest = areFirstCalls() ? LONGEST_FIRST_WAIT : LONGEST_WAIT;
    long latest = nanoTime.getAsLong() - longest.toNanos();
    for (Share share : shares.values()) {
      while (!share.queue.isEmpty() && share.queue.peek().since() - latest < 0) {
        late.add(share.queue.remove().task());
        waiting--;
      }
    }
    shares.values().removeIf(Share::isIdle);
    return late;
  }

  synchronized int running(boolean large) {
    return large ? runningLarge : running.size() - runningLarge;
  }

  synchronized int waiting(boolean large) {
    return (int) shares.values().stream().mapToLong(share -> share.waiting(large)).sum();
  }
}
