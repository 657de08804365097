package dev.workflowsteps.adapter.rest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where and how REST is served.
 *
 * @param port 0 = any free one
 * @param requestTimeout how long a request may wait for its answer
 * @param drainTimeout how long requests may take to end once the server stops
 * @param corsOrigins whose pages may read the answers; empty = those of no other origin
 * @param tls empty = plaintext
 */
public record RestOptions(
    String host,
    int port,
    Duration requestTimeout,
    Duration drainTimeout,
    List<String> corsOrigins,
    Optional<RestTls> tls) {

  /** For plaintext. */
  public RestOptions(
      String host,
      int port,
      Duration requestTimeout,
      Duration drainTimeout,
      List<String> corsOrigins) {
    this(host, port, requestTimeout, drainTimeout, corsOrigins, Optional.empty());
  }
}
