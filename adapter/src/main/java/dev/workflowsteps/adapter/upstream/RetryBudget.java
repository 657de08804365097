package dev.workflowsteps.adapter.upstream;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * How many calls may be sent a second time: a tenth of the calls of the last ten seconds, but at
 * least 50 in ten seconds. So an outage of all servers adds a tenth to the load and does not double
 * it. Safe for use by many threads.
 */
final class RetryBudget {

  private static final int SECONDS = 10;
  private static final int CALLS_PER_RETRY = 10;
  private static final int LEAST = 50;

  private final LongSupplier nanoTime;
  private final long start;

  /** Of the running second and the nine before, each in the place of its number modulo ten. */
  private final int[] calls = new int[SECONDS];

  private final int[] retries = new int[SECONDS];
  private long second;

  RetryBudget(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  synchronized void addCall() {
    calls[place()]++;
  }

  /** Whether one more call may be sent again; counts it if so. */
  synchronized boolean takeRetry() {
    int place = place();
    if (sum(retries) >= Math.max(LEAST, sum(calls) / CALLS_PER_RETRY)) {
      return false;
    }
    retries[place]++;
    return true;
  }

  /** Of the running second; empties those of the seconds that have passed. */
  private int place() {
    long now = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
    if (now - second >= SECONDS) {
      Arrays.fill(calls, 0);
      Arrays.fill(retries, 0);
      second = now;
    }
    while (second < now) {
      second++;
      calls[(int) (second % SECONDS)] = 0;
      retries[(int) (second % SECONDS)] = 0;
    }
    return (int) (second % SECONDS);
  }

  private static long sum(int[] numbers) {
    return IntStream.of(numbers).asLongStream().sum();
  }
}
