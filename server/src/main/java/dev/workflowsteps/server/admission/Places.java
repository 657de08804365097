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
  private int running;
  private int runningLarge;
  private int waiting;
  private long queueBegan;
  private boolean begun;
  private long beginning;
  private int ended;
  private long turn;

  /** What an organization has and wants; it is forgotten when that is nothing. */
  private static final class Share {
    final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    int running;
    long lastTurn;

    boolean isIdle() {
      return running == 0 && queue.isEmpty();
    }

    long waiting(boolean large) {
      return queue.stream().filter(task -> task.large() == large).count();
    }
  }

  private record Waiting(Task task, boolean large, long since) {}

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
    boolean runs = false;
    synchronized (this) {
      if (!begun) {
        begun = true;
        beginning = nanoTime.getAsLong();
      }
      Share share = shares.computeIfAbsent(task.organization(), name -> new Share());
      if (hasFree(large)) {
        take(share, large);
        runs = true;
      } else if (mayWait(share, large)) {
        if (waiting == 0) {
          queueBegan = nanoTime.getAsLong();
        }
        share.queue.add(new Waiting(task, large, nanoTime.getAsLong()));
        waiting++;
        return;
      } else if (share.isIdle()) {
        shares.remove(task.organization());
      }
    }
    if (runs) {
      start(task, large);
    } else {
      task.refuse(Refusal.QUEUE_FULL);
    }
  }

  private boolean hasFree(boolean large) {
    return running < count && (!large || runningLarge < mostLarge);
  }

  private boolean mayWait(Share share, boolean large) {
    return (share.isIdle() && waiting < FEW_WAITING)
        || expectedWait(share, large) <= acceptedWait(large ? largeTime : time);
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

  /** Until all have run that get a place before the next of this share. */
  private double expectedWait(Share share, boolean large) {
    long before = share.waiting(large);
    long wanted = share.running + before;
    for (Share other : shares.values()) {
      if (other != share && other.running < wanted) {
        before += Math.min(other.waiting(large), wanted - other.running);
      }
    }
    return (before + 1) * (large ? largeTime.nanos / mostLarge : time.nanos / count);
  }

  /** Has a task that has a place run by a worker. Without a worker it gives the place back. */
  private void start(Task task, boolean large) {
    boolean started = false;
    try {
      workers.execute(() -> work(task, large));
      started = true;
    } finally {
      if (!started) {
        giveBack(task, large);
      }
    }
  }

  private synchronized void giveBack(Task task, boolean large) {
    running--;
    runningLarge -= large ? 1 : 0;
    Share share = shares.get(task.organization());
    share.running--;
    if (share.isIdle()) {
      shares.remove(task.organization());
    }
  }

  private void take(Share share, boolean large) {
    running++;
    runningLarge += large ? 1 : 0;
    share.running++;
    share.lastTurn = ++turn;
  }

  /** Runs a task, and then those that get its place. */
  private void work(Task first, boolean firstIsLarge) {
    Optional<Waiting> task = Optional.of(new Waiting(first, firstIsLarge, 0));
    while (task.isPresent()) {
      Waiting now = task.get();
      long start = nanoTime.getAsLong();
      boolean completed = false;
      try {
        now.task().run();
        completed = true;
      } finally {
        task = next(now, nanoTime.getAsLong() - start);
        if (!completed) {
          // Whatever was thrown ends this thread, but the place is the next one's.
          task.ifPresent(other -> start(other.task(), other.large()));
        }
      }
    }
  }

  private synchronized Optional<Waiting> next(Waiting ended, long nanos) {
    (ended.large() ? largeTime : time).add(nanos);
    this.ended = Math.min(this.ended + 1, firstCalls);
    giveBack(ended.task(), ended.large());
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
  private Optional<Waiting> first(Share share) {
    return share.queue.stream().filter(task -> hasFree(task.large())).findFirst();
  }

  private Waiting startFirst(Share share) {
    Waiting first = first(share).orElseThrow();
    share.queue.remove(first);
    waiting--;
    take(share, first.large());
    return first;
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
    return large ? runningLarge : running - runningLarge;
  }

  synchronized int waiting(boolean large) {
    return (int) shares.values().stream().mapToLong(share -> share.waiting(large)).sum();
  }
}
