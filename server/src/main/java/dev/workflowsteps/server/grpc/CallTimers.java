package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.ops.Meters;
import io.grpc.Status;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Times calls from their headers to their end, by method and code. */
final class CallTimers {

  private final Meters meters;
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  private record Outcome(String method, Status.Code code) {}

  CallTimers(Meters meters) {
    this.meters = meters;
  }

  void record(String method, Status.Code code, long nanos) {
    timers
        .computeIfAbsent(
            new Outcome(method, code),
            outcome -> meters.rpc(outcome.method(), outcome.code().name()))
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
