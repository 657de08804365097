package dev.workflowsteps.adapter;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The same request over and over at a steady rate, however long the answers take; slower only where
 * the machine can't keep up. Keeps each that was not answered as the first was.
 */
final class SteadyLoad implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Without a bound, a busy machine would get ever more to do. */
  private static final int MOST_OPEN = 100;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Semaphore open = new Semaphore(MOST_OPEN);
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final Queue<String> failed = new ConcurrentLinkedQueue<>();
  private final HttpRequest request;
  private final String expected;
  private final long begin;

  /** Sends the first request, which must succeed, and then so many a second. */
  SteadyLoad(String url, String key, int perSecond) throws Exception {
    request =
        HttpRequest.newBuilder(URI.create(url)).header("Api-Key", key).timeout(PATIENCE).build();
    HttpResponse<String> first = http.send(request, BodyHandlers.ofString());
    if (first.statusCode() != 200) {
      throw new IllegalStateException(first.statusCode() + " " + first.body());
    }
    expected = first.body();
    begin = System.nanoTime();
    var unused =
        timer.scheduleAtFixedRate(
            this::send, 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
  }

  private void send() {
    open.acquireUninterruptibly();
    long start = System.nanoTime();
    sent.incrementAndGet();
    var unused =
        http.sendAsync(request, BodyHandlers.ofString())
            .whenComplete(
                (answer, failure) -> {
                  slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                  if (failure != null) {
                    failed.add(failure.toString());
                  } else if (answer.statusCode() != 200 || !answer.body().equals(expected)) {
                    failed.add(answer.statusCode() + " " + answer.body());
                  }
                  open.release();
                });
  }

  /** How many requests were sent. */
  int sent() {
    return sent.get();
  }

  /** How many were sent a second, so far. */
  long perSecond() {
    return sent.get() * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
  }

  /** The longest time that one took. */
  Duration slowest() {
    return Duration.ofNanos(slowestNanos.get());
  }

  /** Sends no more, waits for the answers, and gives those that were not as they must be. */
  List<String> stop() throws InterruptedException {
    timer.shutdown();
    if (!timer.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the load does not end");
    }
    open.acquire(MOST_OPEN);
    return List.copyOf(failed);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
