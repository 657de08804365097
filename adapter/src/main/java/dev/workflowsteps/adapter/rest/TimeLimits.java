package dev.workflowsteps.adapter.rest;

import java.time.Duration;

/**
 * Limits that no setting changes.
 *
 * @param write how long a caller may take to read a response, after the time in which it must be
 *     there
 * @param patience how long a server that stops lets new connections send their request, and waits
 *     for busy HTTP/2 connections to have a moment without any
 * @param handshake how long TLS may take to begin, as long as over gRPC
 */
record TimeLimits(Duration write, Duration patience, Duration handshake) {

  static final TimeLimits DEFAULT =
      new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(5));
}
