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

/** The places of one kind of work, and who has them or waits for them. */
final class Places {

  /** Whoever would probably wait for longer is refused at once. */
  static final Duration LONGEST_EXPECTED_WAIT = Duration.ofMillis(100);

  /** Whoever does wait for so long is refused, too. */
  static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  /** Until some have run, a task is taken to take so long. */
  private static final Duration FIRST_GUESS = Duration.ofMillis(10);

  /** How much the last task weighs in the mean. */
  private static final double WEIGHT = 1.0 / 16;

  private final int count;
  private final Executor workers;
  private final LongSupplier nanoTime;
  private final Map<String, Share> shares = new HashMap<>();
  private int running;
  private int waiting;
  private long turn;
  private double meanNanos = FIRST_GUESS.toNanos();

  /** What an organization has and wants; it is forgotten when that is nothing. */
  private static final class Share {
    final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    int running;
    long lastTurn;

    boolean isIdle() {
      return running == 0 && queue.isEmpty();
    }
  }

  private record Waiting(Task task, long since) {}

  Places(int count, Executor workers, LongSupplier nanoTime) {
    this.count = count;
    this.workers = workers;
    this.nanoTime = nanoTime;
  }

  void submit(Task task) {
    boolean runs = false;
    synchronized (this) {
      Share share = shares.computeIfAbsent(task.organization(), name -> new Share());
      if (running < count) {
        take(share);
        runs = true;
      } else if (expectedWait(share) <= LONGEST_EXPECTED_WAIT.toNanos()) {
        share.queue.add(new Waiting(task, nanoTime.getAsLong()));
        waiting++;
        return;
      } else if (share.isIdle()) {
        shares.remove(task.organization());
      }
    }
    if (runs) {
      start(task);
    } else {
      task.refuse(Refusal.QUEUE_FULL);
    }
  }

  /** How long the next of an organization would wait, while all of them want their share. */
  private double expectedWait(Share share) {
    double ownPlaces = (double) count / shares.size();
    return (share.queue.size() + 1) * meanNanos / ownPlaces;
  }

  /** Has a task that has a place run by a worker. Without a worker it gives the place back. */
  private void start(Task task) {
    boolean started = false;
    try {
      workers.execute(() -> work(task));
      started = true;
    } finally {
      if (!started) {
        giveBack(task);
      }
    }
  }

  private synchronized void giveBack(Task task) {
    running--;
    Share share = shares.get(task.organization());
    share.running--;
    if (share.isIdle()) {
      shares.remove(task.organization());
    }
  }

  private void take(Share share) {
    running++;
    share.running++;
    share.lastTurn = ++turn;
  }

  /** Runs a task, and then those that get its place. */
  private void work(Task first) {
    Optional<Task> task = Optional.of(first);
    while (task.isPresent()) {
      Task now = task.get();
      long start = nanoTime.getAsLong();
      boolean completed = false;
      try {
        now.run();
        completed = true;
      } finally {
        task = next(now, nanoTime.getAsLong() - start);
        if (!completed) {
          // Whatever was thrown ends this thread, but the place is the next one's.
          task.ifPresent(this::start);
        }
      }
    }
  }

  private synchronized Optional<Task> next(Task ended, long nanos) {
    meanNanos += (nanos - meanNanos) * WEIGHT;
    running--;
    Share share = shares.get(ended.organization());
    share.running--;
    Optional<Task> next =
        waiting == 0
            ? Optional.empty()
            : shares.values().stream()
                .filter(other -> !other.queue.isEmpty())
                .min(
                    Comparator.<Share>comparingInt(other -> other.running)
                        .thenComparingLong(other -> other.lastTurn))
                .map(this::startFirst);
    if (share.isIdle()) {
      shares.remove(ended.organization());
    }
    return next;
  }

  private Task startFirst(Share share) {
    waiting--;
    take(share);
    return share.queue.remove().task();
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
    long latest = nanoTime.getAsLong() - LONGEST_WAIT.toNanos();
    for (Share share : shares.values()) {
      while (!share.queue.isEmpty() && share.queue.peek().since() - latest < 0) {
        late.add(share.queue.remove().task());
        waiting--;
      }
    }
    shares.values().removeIf(Share::isIdle);
    return late;
  }

  int count() {
    return count;
  }

  synchronized int running() {
    return running;
  }

  synchronized int waiting() {
    return waiting;
  }
}
