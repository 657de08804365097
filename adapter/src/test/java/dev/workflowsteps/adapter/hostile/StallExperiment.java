package dev.workflowsteps.adapter.hostile;

import static org.junit.jupiter.api.Assertions.assertAll;

import dev.workflowsteps.adapter.hostile.MemoryAttack.Ended;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers who don't read what they asked for, or don't send what they announced. */
class StallExperiment {

  private static final int MOST_MILLIS = 45_000;

  /** Who all were ended sooner were refused, and stalled nothing. */
  private static final int LEAST_MILLIS = 15_000;

  /** By then an attack has asked for all it wants; the rest of it is waiting. */
  private static final int BURST_SECONDS = 2;

  @AutoClose private static MemoryAttack first;
  @AutoClose private static MemoryAttack second;
  @AutoClose private static MemoryAttack third;

  @AutoClose("shutdownNow")
  private static ExecutorService threads;

  @BeforeAll
  static void start() throws Exception {
    threads = Executors.newCachedThreadPool();
    Future<MemoryAttack> starting = threads.submit(MemoryAttack::new);
    Future<MemoryAttack> startingToo = threads.submit(MemoryAttack::new);
    first = new MemoryAttack();
    second = starting.get();
    third = startingToo.get();
  }

  /** On three servers, because each attack is for the most part a time limit that is waited for. */
  @Test
  void callersWhoStall_areEnded() throws Exception {
    Future<?> streams = threads.submit(() -> attack(first, "stalled-streams", 240));
    TimeUnit.SECONDS.sleep(BURST_SECONDS);
    Future<?> halves = threads.submit(() -> attack(second, "half-messages", 100));
    TimeUnit.SECONDS.sleep(BURST_SECONDS);
    assertAll(() -> attack(third, "slow-readers", 200), halves::get, streams::get);
  }

  private static Void attack(MemoryAttack server, String attack, int count) throws Exception {
    server.run(
        count + " " + attack,
        attack,
        count,
        (softly, ended) ->
            softly
                .assertThat(ended.stream().mapToInt(Ended::millis).max().orElse(0))
                .as("milliseconds until the last was ended")
                .isBetween(LEAST_MILLIS, MOST_MILLIS));
    return null;
  }
}
