package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;

/** Charges the bytes of a call's message as they arrive: gRPC collects them until it is whole. */
final class ArrivingBytes extends ServerStreamTracer {

  /** Those of the call that begins on this thread. */
  static final Context.Key<ArrivingBytes> CURRENT = Context.key("arriving-bytes");

  private volatile Target target;
  private boolean refused;

  /** Null until the call asks for its message; nothing arrives before. */
  private record Target(Charge charge, Runnable refuse) {}

  /**
   * @param refuse is run once, on a thread of the transport in the middle of its work, when there
   *     is no room for more
   */
  void charge(Charge charge, Runnable refuse) {
    target = new Target(charge, refuse);
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CURRENT, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    Target charged = target;
    if (charged != null && !refused && !charged.charge().grow(bytes)) {
      refused = true;
      charged.refuse().run();
    }
  }
}
