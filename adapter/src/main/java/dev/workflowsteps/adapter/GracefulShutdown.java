package dev.workflowsteps.adapter;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.Logging;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/**
 * Stops a service on Ctrl-C or a signal: first reports it as not ready, so that load balancers send
 * no more calls, then closes it.
 */
final class GracefulShutdown {

  private static final Duration MOST_SAYING = Duration.ofSeconds(1);

  private final RunningService serving;
  private final Duration drainDelay;
  private final PrintWriter words;
  private volatile boolean stopping;

  GracefulShutdown(RunningService serving, Duration drainDelay, PrintWriter words) {
    this.serving = serving;
    this.drainDelay = drainDelay;
    this.words = words;
  }

  /**
   * @param terminal whether it was started on a terminal, where no load balancer needs a delay
   */
  static GracefulShutdown install(
      RunningService serving, Settings settings, boolean terminal, PrintWriter words) {
    GracefulShutdown stop =
        new GracefulShutdown(
            serving, terminal ? Duration.ZERO : settings.get(Setting.DRAIN_DELAY), words);
    Runtime.getRuntime().addShutdownHook(new Thread(stop::run, "stop"));
    return stop;
  }

  /** Returns only if the service broke by itself; the process must then end. */
  void await() throws InterruptedException, ExecutionException {
    String cause = serving.broken().get();
    if (!stopping) {
      say(cause);
    }
  }

  void run() {
    boolean broken = serving.broken().isDone();
    stopping = true;
    say("stopping");
    serving.announceStop();
    if (!broken) {
      Uninterruptibles.sleepUninterruptibly(drainDelay);
    }
    serving.close();
    Logging.flush();
    say("stopped");
  }

  /** Waits no longer than a second for whoever reads stderr: the stop matters more. */
  private void say(String text) {
    Thread saying =
        new Thread(
            () -> {
              words.println(text);
              words.flush();
            },
            "words");
    saying.setDaemon(true);
    saying.start();
    Uninterruptibles.joinUninterruptibly(saying, MOST_SAYING);
  }
}
