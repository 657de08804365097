package dev.workflowsteps.server.postgres;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * The threads of the pools, which connect to the database. After failed attempts a pool waits for
 * up to five seconds before the next, and no setting of it shortens that.
 */
final class ConnectorThreads implements ThreadFactory {

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "database-connector");
    thread.setDaemon(true);
    threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
    threads.add(thread);
    return thread;
  }

  /** Ends the waits: an interrupted one is given up, and the next caller's begins anew. */
  void wake() {
    threads.forEach(Thread::interrupt);
  }
}
