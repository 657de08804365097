package dev.workflowsteps.server.ops;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a check on another thread, so that a check that hangs is reported and blocks nothing else.
 * While it hangs it is not started again. Not thread-safe.
 */
final class Probe {

  private static final Logger log = LoggerFactory.getLogger(Probe.class);

  private final Check check;
  private final Executor executor;
  private final Duration timeout;
  private FutureTask<Optional<String>> running;

  Probe(Check check, Executor executor, Duration timeout) {
    this.check = check;
    this.executor = executor;
    this.timeout = timeout;
  }

  String name() {
    return check.name();
  }

  Optional<String> problem() {
    try {
      if (running == null) {
        running = new FutureTask<>(check.problem()::get);
        executor.execute(running);
      }
      Optional<String> problem = running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      running = null;
      return problem;
    } catch (TimeoutException e) {
      return Optional.of("no result within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      running = null;
      log.warn("The readiness check {} failed.", check.name(), e.getCause());
      return Optional.of("the check failed; see the log");
    } catch (RejectedExecutionException e) {
      return Optional.of("the server is stopping");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the server is stopping");
    }
  }
}
