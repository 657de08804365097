package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.call.Call;
import java.time.Duration;

/** Its caller went away before it began. */
final class GoneCall implements Call {
  @Override
  public Duration remaining() {
    return Duration.ofSeconds(30);
  }

  @Override
  public Registration onCancel(Runnable action) {
    action.run();
    return () -> {};
  }
}
