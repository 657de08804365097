package dev.workflowsteps.adapter.rest;

import java.time.Duration;

/**
 * Limits that no setting changes.
 *
 * @param write how long a caller may take to read a response, after the time in which it must be
 *     there
 * @param firstRequest how long a new connection may take to send its request once the server takes
 *     no more of them
 */
record TimeLimits(Duration write, Duration firstRequest) {

  static final TimeLimits DEFAULT = new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(1));
}
