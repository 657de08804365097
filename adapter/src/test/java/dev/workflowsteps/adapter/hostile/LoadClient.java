package dev.workflowsteps.adapter.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Scanner;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks for the same page over and over, in a process of its own: at a fixed rate however long the
 * answers take, or as callers each of which asks again at once. Prints a line for each request (see
 * {@link Sent}) when all have ended. An empty line ends a load at a rate before its time.
 */
final class LoadClient {

  /** Printed after the first few requests. */
  static final String WARM = "warm";

  /** Printed when a load begins. */
  static final String SENDING = "sending";

  /** Printed after the last line of a load. */
  static final String DONE = "done";

  /** What has no answer so long after its deadline never gets one. */
  private static final int PATIENCE_MILLIS = 3_000;

  private static final Map<String, String> WARM_UP = Map.of("rate", "20", "seconds", "1");
  private static final int PAUSE_AFTER_FAILURE_MILLIS = 100;

  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Sender sender;
  private final int deadlineMillis;
  private Map<String, String> options;
  private AtomicInteger open = new AtomicInteger();
  private long begin;

  private static final class Request {
    private final long due;
    private final long sent = System.nanoTime();
    private volatile long end;
    private volatile String outcome;

    Request(long due) {
      this.due = due;
    }

    void end(String outcome) {
      end = System.nanoTime();
      this.outcome = outcome;
    }
  }

  private LoadClient(Map<String, String> options) {
    this.options = options;
    this.deadlineMillis = number("deadline");
    List<String> targets = List.of(options.get("targets").split(","));
    int patience = deadlineMillis + PATIENCE_MILLIS;
    this.sender =
        options.get("protocol").equals("grpc")
            ? new GrpcSender(targets, options, deadlineMillis)
            : new RestSender(targets, options, patience);
  }

  /** Each argument is an option; each line of stdin has those of one load. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    LoadClient client = new LoadClient(options(arguments));
    client.send(WARM_UP);
    System.out.println(WARM);
    Scanner loads = new Scanner(System.in, StandardCharsets.UTF_8);
    while (loads.hasNextLine()) {
      String line = loads.nextLine();
      if (line.isEmpty()) {
        continue;
      }
      Map<String, String> load = options(line.split(" "));
      System.out.println(SENDING);
      client.send(load);
      client.print();
      System.out.println(DONE);
    }
    System.exit(0);
  }

  private static Map<String, String> options(String[] namesAndValues) {
    Map<String, String> options = new HashMap<>();
    for (String nameAndValue : namesAndValues) {
      String[] parts = nameAndValue.split("=", 2);
      options.put(parts[0], parts[1]);
    }
    return options;
  }

  private void send(Map<String, String> load) throws InterruptedException, IOException {
    options = load;
    requests.clear();
    open = new AtomicInteger();
    begin = System.nanoTime();
    if (number("callers") > 0) {
      askAgainAtOnce();
    } else {
      askAtARate();
    }
    awaitAnswers();
  }

  private void askAtARate() throws IOException {
    int rate = number("rate");
    int cancelAfter = number("cancelAfter");
    int count = rate * number("seconds");
    for (int i = 0; i < count && System.in.available() == 0; i++) {
      long due = begin + i * TimeUnit.SECONDS.toNanos(1) / rate;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      Runnable cancel = send(due, () -> {});
      if (cancelAfter > 0) {
        var unused = timer.schedule(cancel, cancelAfter, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void askAgainAtOnce() throws InterruptedException {
    long end = begin + TimeUnit.SECONDS.toNanos(number("seconds"));
    for (int i = 0; i < number("callers"); i++) {
      timer.execute(() -> ask(end));
    }
    TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
  }

  private void ask(long end) {
    if (System.nanoTime() < end) {
      send(System.nanoTime(), () -> timer.execute(() -> ask(end)));
    }
  }

  /**
   * @param then runs when it has ended
   */
  private Runnable send(long due, Runnable then) {
    Request request = new Request(due);
    requests.add(request);
    AtomicInteger ofThisLoad = open;
    ofThisLoad.incrementAndGet();
    return sender.send(
        outcome -> {
          request.end(outcome);
          ofThisLoad.decrementAndGet();
          if (outcome.startsWith(Sent.BROKEN)) {
            var unused = timer.schedule(then, PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS);
          } else {
            then.run();
          }
        });
  }

  private void awaitAnswers() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis + PATIENCE_MILLIS);
    while (System.nanoTime() < end && open.get() > 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void print() {
    long now = System.nanoTime();
    StringBuilder lines = new StringBuilder();
    for (Request request : requests) {
      String outcome = request.outcome;
      long end = outcome == null ? now : request.end;
      lines
          .append(
              new Sent(
                      TimeUnit.NANOSECONDS.toMicros(request.due - begin),
                      TimeUnit.NANOSECONDS.toMicros(request.sent - request.due),
                      TimeUnit.NANOSECONDS.toMicros(end - request.sent),
                      outcome == null ? Sent.BROKEN + "no-answer" : outcome)
                  .line())
          .append('\n');
    }
    System.out.print(lines);
  }

  private int number(String option) {
    return Integer.parseInt(options.getOrDefault(option, "0"));
  }
}
