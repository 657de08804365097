package dev.workflowsteps.server;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Conditions that tests wait for are looked at at once, and soon again, not only each 100 ms. */
public final class ShortPolls implements BeforeAllCallback {

  private static final Duration FIRST = Duration.ofMillis(5);
  private static final Duration LONGEST = Duration.ofMillis(100);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.catchUncaughtExceptionsByDefault();
    Awaitility.setDefaultPollInterval(
        IterativePollInterval.iterative(last -> shorter(last.multipliedBy(2), LONGEST), FIRST));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
