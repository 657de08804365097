package dev.workflowsteps.server.steps;

/**
 * What an organization holds, as far as that is cheap to know.
 *
 * @param steps at most {@link #MOST_COUNTED}; if it is that, there may be more
 * @param artifacts likewise
 * @param bytes of these steps with their payloads, and of these artifacts, as they are sent over
 *     gRPC; if there are more than {@link #MOST_MEASURED} of either, an estimate from the first
 */
public record OrganizationSize(long steps, long artifacts, long bytes) {

  /** The most steps, and the most artifacts, that are counted. */
  public static final long MOST_COUNTED = 1_000_000;

  /** The most steps, and the most artifacts, whose sizes are read. */
  public static final long MOST_MEASURED = 1_000;

  public static final OrganizationSize NOTHING = new OrganizationSize(0, 0, 0);

  /** Whether there are no more steps than these. */
  public boolean stepsExact() {
    return steps < MOST_COUNTED;
  }

  /** Whether there are no more artifacts than these. */
  public boolean artifactsExact() {
    return artifacts < MOST_COUNTED;
  }

  /** Whether the bytes are no estimate. */
  public boolean bytesExact() {
    return steps <= MOST_MEASURED && artifacts <= MOST_MEASURED;
  }
}
