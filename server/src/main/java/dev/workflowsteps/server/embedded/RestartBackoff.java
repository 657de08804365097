package dev.workflowsteps.server.embedded;

import java.time.Duration;

/** How long to wait before a server that ended is started again. Not thread-safe. */
final class RestartBackoff {

  static final Duration FIRST = Duration.ofMillis(100);
  static final Duration LONGEST = Duration.ofSeconds(30);

  /** A server that ran for so long ended for a new reason. */
  static final Duration STABLE = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /**
   * Doubles with every call, up to {@link #LONGEST}.
   *
   * @param ran how long the server had run; zero = it could not be started
   */
  Duration next(Duration ran) {
    Duration pause = ran.compareTo(STABLE) < 0 ? next : FIRST;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
