package dev.workflowsteps.server;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** How many bytes a piece of work allocates in this thread. */
public final class Allocations {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What the second run of the work allocates; the first loads classes. */
  public static long of(Callable<?> work) throws Exception {
    work.call();
    return ofFirst(work);
  }

  /** What the first run of the work allocates. */
  public static long ofFirst(Callable<?> work) throws Exception {
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    work.call();
    return THREADS.getThreadAllocatedBytes(thread) - before;
  }

  private Allocations() {}
}
