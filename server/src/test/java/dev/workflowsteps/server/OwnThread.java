package dev.workflowsteps.server;

import java.util.concurrent.Executor;

/**
 * Runs each task in a thread of its own. Java's shared pool may have only one, where a task that
 * waits keeps the next from starting.
 */
public enum OwnThread implements Executor {
  EACH;

  @Override
  public void execute(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
