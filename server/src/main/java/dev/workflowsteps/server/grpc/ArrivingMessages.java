package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.server.network.MessagePrefixes;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import java.util.function.LongPredicate;

/**
 * Has each message of a call paid for as soon as its length is known: gRPC collects its bytes until
 * it is whole.
 */
final class ArrivingMessages extends ServerStreamTracer {

  /** Those of the call that begins on this thread. */
  static final Context.Key<ArrivingMessages> CURRENT = Context.key("arriving-messages");

  /** Null until the call asks for its message; gRPC collects none before. */
  private LongPredicate payment;

  private long owed;
  private boolean refused;

  /** Of the stream that begins on this thread. */
  ArrivingMessages() {
    MessagePrefixes.listenToNewStream(this::begin);
  }

  /**
   * @param payment takes a number of bytes, until it returns false; may be called by the transport
   *     in the middle of its work, and under a lock, so it must not end the call
   */
  synchronized void payBy(LongPredicate payment) {
    this.payment = payment;
    pay();
  }

  /**
   * A message of so many bytes is being sent. If it is longer than one may be, gRPC ends the call
   * by itself.
   */
  synchronized void begin(long bytes) {
    if (bytes <= Limits.MAX_REQUEST_BYTES) {
      owed += bytes;
      pay();
    }
  }

  private void pay() {
    if (payment != null && owed > 0 && !refused) {
      refused = !payment.test(owed);
      owed = 0;
    }
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CURRENT, this);
  }
}
