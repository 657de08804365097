package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.call.Call;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The bounds of the gRPC call that a thread serves. */
final class GrpcCall implements Call {

  private final Context context;
  private final Deadline deadline;

  private GrpcCall(Context context, Deadline deadline) {
    this.context = context;
    this.deadline = deadline;
  }

  /**
   * The bounds of the call whose context this thread is in.
   *
   * @param most the longest a call may take, whatever deadline its caller set
   */
  static GrpcCall current(Duration most) {
    Context context = Context.current();
    Deadline cap = Deadline.after(most.toNanos(), TimeUnit.NANOSECONDS);
    Deadline set = context.getDeadline();
    return new GrpcCall(context, set == null ? cap : set.minimum(cap));
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
  }

  @Override
  public Registration onCancel(Runnable action) {
    Context.CancellationListener listener = cancelled -> action.run();
    context.addListener(listener, Runnable::run);
    return () -> context.removeListener(listener);
  }
}
