package dev.workflowsteps.server.network;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A token bucket: how many frames of a kind a connection may cause. */
final class FrameBudget {

  private final int burst;
  private final double perNano;
  private final LongSupplier nanoTime;
  private double left;
  private long since;

  /**
   * @param burst how many at once
   * @param perSecond how many in the long run
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  FrameBudget(int burst, int perSecond, LongSupplier nanoTime) {
    this.burst = burst;
    this.perNano = (double) perSecond / TimeUnit.SECONDS.toNanos(1);
    this.nanoTime = nanoTime;
    this.left = burst;
    this.since = nanoTime.getAsLong();
  }

  /** Takes one; false if none is left. */
  boolean take() {
    long now = nanoTime.getAsLong();
    left = Math.min(burst, left + (now - since) * perNano);
    since = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  /** Gives some back, for work that was done. */
  void give(int frames) {
    left = Math.min(burst, left + frames);
  }

  /** Begins anew. */
  void fill() {
    left = burst;
    since = nanoTime.getAsLong();
  }
}
