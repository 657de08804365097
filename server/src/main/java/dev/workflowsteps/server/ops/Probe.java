package dev.workflowsteps.server.ops;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one check on a thread of its own, so that a check that hangs is reported and hangs nothing
 * else. It is not run again while it hangs. Not thread-safe.
 */
final class Probe {

  private static final Logger log = LoggerFactory.getLogger(Probe.class);

  private final Check check;
  private final Executor executor;
  private final Duration patience;
  private FutureTask<Optional<String>> asked;

  Probe(Check check, Executor executor, Duration patience) {
    this.check = check;
    this.executor = executor;
    this.patience = patience;
  }

  String name() {
    return check.name();
  }

  Optional<String> problem() {
    if (asked == null) {
      asked = new FutureTask<>(check.problem()::get);
      executor.execute(asked);
    }
    try {
      Optional<String> problem = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      asked = null;
      return problem;
    } catch (TimeoutException e) {
      return Optional.of("no answer within " + patience.toMillis() + " ms");
    } catch (ExecutionException e) {
      asked = null;
      log.warn("The readiness check {} failed.", check.name(), e.getCause());
      return Optional.of("the check failed; see the log");
    } catch (CancellationException e) {
      return Optional.of("the server is stopping");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the server is stopping");
    }
  }
}
