package dev.workflowsteps.server.grpc;

import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import java.util.function.LongPredicate;

/**
 * Has the bytes of a call's messages paid for as they arrive: gRPC collects them until one is
 * whole.
 */
final class ArrivingBytes extends ServerStreamTracer {

  /** Those of the call that begins on this thread. */
  static final Context.Key<ArrivingBytes> CURRENT = Context.key("arriving-bytes");

  /** Null until the call asks for its message; nothing arrives before. */
  private volatile LongPredicate payment;

  private boolean refused;

  /**
   * @param payment takes a number of bytes, until it returns false; is called by the transport in
   *     the middle of its work, where the call must not be ended
   */
  void payBy(LongPredicate payment) {
    this.payment = payment;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CURRENT, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    LongPredicate paying = payment;
    refused = refused || (paying != null && !paying.test(bytes));
  }
}
