package dev.workflowsteps.server.admission;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Decides which calls run, which wait for a place, and which are refused. For each kind of {@link
 * Work} as many run as it has places. Thread-safe.
 *
 * <p>A call that would probably wait for more than {@link Places#LONGEST_EXPECTED_WAIT} is refused
 * at once; one that does wait for {@link Places#LONGEST_WAIT} is refused then. A place that gets
 * free goes to the organization that has the fewest, so nobody waits behind another's queue, and
 * whoever is alone may have all of them.
 */
public final class Admission {

  private final Map<Work, Places> places = new EnumMap<>(Work.class);

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
   * @param places how many calls of each kind may run at once; 1 or more
   * @param workers runs them; must not refuse any
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public Admission(Map<Work, Integer> places, Executor workers, LongSupplier nanoTime) {
    places.forEach((work, count) -> this.places.put(work, new Places(count, workers, nanoTime)));
  }

  /** Runs the task on a worker, now or soon, or refuses it on this thread. */
  public void submit(Work work, Task task) {
    places.get(work).submit(task);
  }

  /** Forgets a task whose caller left; false if it does not wait. */
  public boolean withdraw(Work work, Task task) {
    return places.get(work).withdraw(task);
  }

  /** Refuses those who have waited for too long; to be called every few milliseconds. */
  public void refuseLate() {
    places.values().forEach(Places::refuseLate);
  }

  /** How many run now. */
  public int running(Work work) {
    return places.get(work).running();
  }

  /** How many wait now. */
  public int waiting(Work work) {
    return places.get(work).waiting();
  }

  /** How many may run. */
  public int places(Work work) {
    return places.get(work).count();
  }
}
