package dev.workflowsteps.server.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants as commands print them. */
final class Times {

  /** To the second, in UTC: {@code 2026-03-01T12:00:00Z}. */
  static String shown(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private Times() {}
}
