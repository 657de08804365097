package dev.workflowsteps.server.grpc;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads whose names tell what they do, and that don't keep the process alive. */
record NamedThreads(String prefix, AtomicInteger count) implements ThreadFactory {

  NamedThreads(String prefix) {
    this(prefix, new AtomicInteger());
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, prefix + "-" + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
