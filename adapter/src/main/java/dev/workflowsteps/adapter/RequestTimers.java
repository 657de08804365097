package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.rest.RequestTimes;
import dev.workflowsteps.server.ops.Meters;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Times REST requests by route, method and status. */
final class RequestTimers implements RequestTimes {

  private static final List<Integer> FROM_THE_START = List.of(200, 500, 503, 504);

  private final Meters meters;
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  private record Outcome(String route, String method, int status) {}

  RequestTimers(Meters meters) {
    this.meters = meters;
  }

  /** Makes the timers that alerts compare, so that the first failure can be seen as an increase. */
  void prepare(String route) {
    FROM_THE_START.forEach(status -> timer(new Outcome(route, "GET", status)));
  }

  @Override
  public void record(String route, String method, int status, long nanos) {
    timer(new Outcome(route, method, status)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Outcome outcome) {
    return timers.computeIfAbsent(
        outcome, added -> meters.http(added.route(), added.method(), added.status()));
  }
}
