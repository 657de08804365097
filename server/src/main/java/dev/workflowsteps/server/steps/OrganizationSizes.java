package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.call.Call;

/** Tells how much organizations hold. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface OrganizationSizes {

  /**
   * What an organization holds; {@link OrganizationSize#NOTHING} if it does not exist. Takes
   * milliseconds for a small organization, and a second or so for one with {@link
   * OrganizationSize#MOST_COUNTED} steps.
   *
   * @throws dev.workflowsteps.server.call.FailedCallException with {@code UNAVAILABLE}, {@code
   *     DEADLINE_EXCEEDED} or {@code CANCELLED}
   */
  OrganizationSize of(String organizationId, Call call);
}
