package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.ops.Meters;
import io.grpc.Status;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Times calls from their headers to their end, by method and code. */
final class CallTimers {

  private static final List<Status.Code> FROM_THE_START =
      List.of(
          Status.Code.OK,
          Status.Code.INTERNAL,
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED);

  private final Meters meters;
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  private record Outcome(String method, Status.Code code) {}

  CallTimers(Meters meters) {
    this.meters = meters;
  }

  /** Makes the timers that alerts compare, so that the first failure can be seen as an increase. */
  void prepare(String method) {
    FROM_THE_START.forEach(code -> timer(new Outcome(method, code)));
  }

  void record(String method, Status.Code code, long nanos) {
    timer(new Outcome(method, code)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Outcome outcome) {
    return timers.computeIfAbsent(
        outcome, added -> meters.rpc(added.method(), added.code().name()));
  }
}
