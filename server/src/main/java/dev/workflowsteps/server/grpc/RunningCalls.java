package dev.workflowsteps.server.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The calls that a stop waits for, from the moment they arrive. Those of other services than ours
 * aren't among them: who watches the health would be waited for for ever.
 */
final class RunningCalls extends ServerStreamTracer.Factory {

  private final Set<String> services;
  private int running;

  /**
   * @param services the full names of those whose calls count
   */
  RunningCalls(Set<String> services) {
    this.services = services;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    String service = fullMethodName.substring(0, Math.max(0, fullMethodName.lastIndexOf('/')));
    if (!services.contains(service)) {
      return new ServerStreamTracer() {};
    }
    return new ServerStreamTracer() {
      private boolean counted;

      /** Not before its headers are read: what grpc-java refuses for them it never closes. */
      @Override
      public Context filterContext(Context context) {
        counted = true;
        add(1);
        return context;
      }

      @Override
      public void streamClosed(Status status) {
        if (counted) {
          add(-1);
        }
      }
    };
  }

  /** Waits until all have ended, or until the time is over. */
  synchronized void await(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; running > 0 && left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private synchronized void add(int calls) {
    running += calls;
    notifyAll();
  }
}
