package dev.workflowsteps.server.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Decides how long refusals are held back. Whoever is refused and asks again at once can keep a
 * server busy with refusals alone; so of those of one second only so many are answered at once as
 * cost a small part of the processors. Organizations that are being refused share that number.
 * Thread-safe.
 */
public final class RefusalBrake {

  /** Refusals a second and processor that are answered at once: about a tenth of its time. */
  private static final int AT_ONCE = 1_000;

  /** So many refusals may come at once before the first is held back, in seconds of the rate. */
  private static final Duration BURST = Duration.ofSeconds(1);

  /** No refusal is held back for longer. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  private final long interval;
  private final LongSupplier nanoTime;

  /** When each organization's refusals would all be answered if they came evenly. */
  private final Map<String, Long> answeredAt = new HashMap<>();

  /**
   * @param processors how many the process has
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public RefusalBrake(int processors, LongSupplier nanoTime) {
    this.interval = Duration.ofSeconds(1).toNanos() / (AT_ONCE * (long) processors);
    this.nanoTime = nanoTime;
  }

  /** How long to hold back a refusal of this organization that is due now. */
  public synchronized Duration hold(String organization) {
    long now = nanoTime.getAsLong();
    long ahead = Math.max(0, answeredAt.getOrDefault(organization, now) - now);
    ahead += interval * Math.max(1, answeredAt.size());
    ahead = Math.min(ahead, BURST.plus(LONGEST).toNanos());
    answeredAt.put(organization, now + ahead);
    return Duration.ofNanos(Math.max(0, ahead - BURST.toNanos()));
  }

  /** Forgets organizations that have not been refused of late; to be called now and then. */
  public synchronized void forgetIdle() {
    long now = nanoTime.getAsLong();
    Iterator<Long> times = answeredAt.values().iterator();
    while (times.hasNext()) {
      if (times.next() - now < 0) {
        times.remove();
      }
    }
  }
}
