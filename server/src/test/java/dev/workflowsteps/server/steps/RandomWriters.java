package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/** Threads that insert, start, end, restart and delete steps of their own, until closed. */
final class RandomWriters implements AutoCloseable {

  private static final int WRITERS = 2;
  private static final int STEPS_OF_EACH = 30;
  private static final int LOOK_MILLIS = 1_000;

  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
  private final List<Future<?>> running = new ArrayList<>();
  private int changes;
  private volatile boolean over;

  /**
   * @param steps of one writer: its random numbers, and the suffix of its step ids
   */
  RandomWriters(long seed, BiFunction<Random, String, RandomSteps> steps) {
    for (int i = 0; i < WRITERS; i++) {
      RandomSteps own = steps.apply(new Random(seed + i), "-w" + i);
      running.add(threads.submit(() -> write(own)));
    }
  }

  private void write(RandomSteps steps) {
    while (!over) {
      if (steps.count() < STEPS_OF_EACH) {
        steps.insert(1);
      } else {
        steps.change(Optional.empty(), Set.of(), SortBy.STARTED_AT);
      }
      changed();
    }
  }

  private synchronized void changed() {
    changes++;
    notifyAll();
  }

  /** Until one of them has begun and ended a write. */
  synchronized void awaitChange() throws InterruptedException {
    int enough = changes + WRITERS + 1;
    while (changes < enough) {
      assertThat(running).as("writers at work").noneMatch(Future::isDone);
      wait(LOOK_MILLIS);
    }
  }

  @Override
  public void close() throws ExecutionException, InterruptedException {
    over = true;
    try {
      for (Future<?> writer : running) {
        writer.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
