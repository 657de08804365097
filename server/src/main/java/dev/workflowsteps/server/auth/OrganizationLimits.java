package dev.workflowsteps.server.auth;

import java.util.OptionalLong;

/**
 * How much an organization may ask of each server.
 *
 * @param requestsPerSecond 0 = no limit; empty = what the server's settings say
 * @param bytesPerSecond of responses; 0 = no limit; empty = what the server's settings say
 */
public record OrganizationLimits(OptionalLong requestsPerSecond, OptionalLong bytesPerSecond) {

  /** What the server's settings say. */
  public static final OrganizationLimits DEFAULT =
      new OrganizationLimits(OptionalLong.empty(), OptionalLong.empty());
}
