package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds an instance for its owner: keeps its server running and its log small, until it is closed.
 * A server that ends by itself is started again on its socket, which the owner and its commands
 * know.
 */
final class Supervisor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  private static final Duration CHECK = Duration.ofSeconds(10);

  /** A cause that lasts so long after the end does not pass by itself. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Starts a server on the same socket as before, and returns when it takes connections. */
  @FunctionalInterface
  interface Starter {
    ServerProcess start() throws IOException, InterruptedException;
  }

  private final OwnerLock lock;
  private final ServerLog serverLog;
  private final Starter starter;
  private final Duration patience;
  private final RestartBackoff backoff = new RestartBackoff();
  private final AtomicLong restarts = new AtomicLong();
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private final Thread thread = new Thread(this::watch, "postgres-supervisor");

  private volatile ServerProcess server;
  private volatile String problem;
  private boolean closed;

  /**
   * @param server runs already
   * @param patience how long after its end a server that can't be started is given up
   */
  Supervisor(
      OwnerLock lock,
      ServerLog serverLog,
      ServerProcess server,
      Starter starter,
      Duration patience) {
    this.lock = lock;
    this.serverLog = serverLog;
    this.server = server;
    this.starter = starter;
    this.patience = patience;
    thread.setDaemon(true);
    thread.start();
  }

  /** Why the server does not run; empty = it does. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  long restarts() {
    return restarts.get();
  }

  /** Completes with the cause when the server can't be started again. */
  CompletableFuture<String> failed() {
    return failed;
  }

  /** Tells commands how to reach the server. */
  void share(Path socket, String password) throws IOException {
    lock.share(socket, password);
  }

  /** Stops the server; it is not started again. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    try (lock) {
      thread.join();
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL could not be stopped", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the parent process goes on stopping it
    }
  }

  private void watch() {
    try {
      long logged = logSize();
      while (true) {
        if (!server.ended(CHECK)) {
          capLog();
        } else if (!restart(logged)) {
          return;
        }
        logged = logSize();
      }
    } catch (InterruptedException e) {
      return; // closed
    }
  }

  /** Whether the server runs again. */
  private boolean restart(long logged) throws InterruptedException {
    long endedAt = System.nanoTime();
    String cause = cause(logged);
    Duration pause = backoff.next(server.age());
    problem = "PostgreSQL ended (" + cause + ") and is being started again";
    log.warn(
        "PostgreSQL ended ({}) and is started again in {}; until it runs, calls fail with"
            + " UNAVAILABLE.",
        cause,
        seconds(pause));
    while (true) {
      Thread.sleep(pause.toMillis());
      if (!lock.held()) {
        return giveUp("The data directory was removed or replaced.");
      }
      RuntimeException failure;
      try {
        server.stop();
        server = starter.start();
        restarts.incrementAndGet();
        problem = null;
        log.info("PostgreSQL runs again, {} after it ended.", seconds(since(endedAt)));
        return true;
      } catch (IOException e) {
        failure = EmbeddedFailure.files(serverLog.file().getParent(), e);
      } catch (RuntimeException e) {
        failure = e;
      }
      if (since(endedAt).compareTo(patience) > 0) {
        return giveUp(failure.getMessage());
      }
      pause = backoff.next(Duration.ZERO);
      log.warn("{} The next attempt is in {}.", failure.getMessage(), seconds(pause));
    }
  }

  private boolean giveUp(String cause) {
    failed.complete("PostgreSQL ended and can't be started again. " + cause);
    return false;
  }

  /** For example {@code signal 9}, and what the server said last. */
  private String cause(long logged) {
    int code = server.exitCode();
    String end = code > 128 ? "signal " + (code - 128) : "exit code " + code;
    try {
      return serverLog.causeOfEnd(logged).map(line -> end + "; its log: " + line).orElse(end);
    } catch (IOException e) {
      return end;
    }
  }

  private long logSize() {
    try {
      return serverLog.size();
    } catch (IOException e) {
      return 0;
    }
  }

  private void capLog() {
    try {
      serverLog.cap();
    } catch (IOException | RuntimeException e) {
      log.warn("{} could not be cut to size", serverLog.file(), e);
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1_000.0);
  }
}
