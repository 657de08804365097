package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the owner of an instance holds: its lock, its server and the watch over the log. */
final class Ownership implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Ownership.class);

  private static final int CAP_SECONDS = 10;

  private final InstanceFiles files;
  private final OwnerLock lock;
  private final ServerProcess server;
  private final boolean created;
  private final ScheduledExecutorService capping;
  private boolean closed;

  Ownership(
      InstanceFiles files,
      OwnerLock lock,
      ServerProcess server,
      ServerLog serverLog,
      boolean created) {
    this.files = files;
    this.lock = lock;
    this.server = server;
    this.created = created;
    this.capping =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "postgres-log");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        capping.scheduleWithFixedDelay(
            () -> cap(serverLog), CAP_SECONDS, CAP_SECONDS, TimeUnit.SECONDS);
  }

  boolean created() {
    return created;
  }

  CompletableFuture<Integer> exited() {
    return server.exited();
  }

  /** Tells commands how to reach the server. */
  void share(String password) {
    try {
      lock.share(server.port(), password);
    } catch (IOException e) {
      throw EmbeddedFailure.files(files.instance(), e);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    capping.shutdownNow();
    try (lock) {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException("stopping PostgreSQL in " + files.instance(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // its parent process goes on stopping it
    }
  }

  private static void cap(ServerLog serverLog) {
    try {
      serverLog.cap();
    } catch (IOException | RuntimeException e) {
      log.warn("{} could not be cut to size", serverLog.file(), e);
    }
  }
}
