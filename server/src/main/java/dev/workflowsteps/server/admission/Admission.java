package dev.workflowsteps.server.admission;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Decides which calls run, which wait for a place, and which are refused. Thread-safe.
 *
 * <p>A call that would probably wait for about as long as calls take is refused at once; one that
 * does wait for {@link Places#LONGEST_WAIT} is refused then. A place that gets free goes to the
 * organization that has the fewest, so nobody waits behind another's queue, and whoever is alone
 * may have all of them.
 */
public final class Admission {

  private final Places reads;
  private final Places writes;

  /** A call that wants to run. */
  public interface Task {

    /** The organization whose share it takes. */
    String organization();

    /** Does the work; it has its place until this returns. */
    void run();

    /** Is told that it will not run. */
    void refuse(Refusal refusal);
  }

  /** Why a call is not to run. */
  public enum Refusal {
    /** Too many wait already. */
    QUEUE_FULL,
    /** It waited for too long. */
    WAITED
  }

  /**
   * How many calls may run at once; each 1 or more, but for the first calls.
   *
   * @param largeReads how many of the reads may be large
   * @param firstCalls while no more of the reads, or of the writes, have ended, and for ten seconds
   *     from the first of them, others may wait for longer; 0 = never
   */
  public record Limits(int reads, int largeReads, int writes, int firstCalls) {}

  /**
   * @param workers runs calls; must not refuse any
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public Admission(Limits limits, Executor workers, LongSupplier nanoTime) {
    this.reads =
        new Places(limits.reads(), limits.largeReads(), limits.firstCalls(), workers, nanoTime);
    this.writes =
        new Places(limits.writes(), limits.writes(), limits.firstCalls(), workers, nanoTime);
  }

  /** Runs the task on a worker, now or soon, or refuses it on this thread. */
  public void submit(Work work, Task task) {
    places(work).submit(task, work == Work.LARGE_READ);
  }

  /** Forgets a task whose caller left; false if it does not wait. */
  public boolean withdraw(Work work, Task task) {
    return places(work).withdraw(task);
  }

  /** Refuses those who have waited for too long; to be called every few milliseconds. */
  public void refuseLate() {
    reads.refuseLate();
    writes.refuseLate();
  }

  /** How many run now. */
  public int running(Work work) {
    return places(work).running(work == Work.LARGE_READ);
  }

  /** How many wait now. */
  public int waiting(Work work) {
    return places(work).waiting(work == Work.LARGE_READ);
  }

  private Places places(Work work) {
    return work == Work.WRITE ? writes : reads;
  }
}
