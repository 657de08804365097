package dev.workflowsteps.server.steps;

import java.util.function.Consumer;

/**
 * Deletes what an organization owns, for good. What was deleted stays so when a deletion is
 * interrupted; run again it goes on. Implementations are safe for use by many threads.
 *
 * <p>Every method throws {@link StepsException} with {@code UNAVAILABLE} if the storage is not
 * there.
 */
public interface Eraser {

  /** What is stored of a run; {@link Holdings#NOTHING} if the organization has no such run. */
  Holdings ofRun(String organizationId, String runId, Call call);

  /** Deletes a run, all or nothing of it, and tells what that was. */
  Holdings eraseRun(String organizationId, String runId, Call call);

  Holdings ofOrganization(String organizationId, Call call);

  /**
   * Deletes an organization: first its keys, so that nobody sees it half deleted, then in small
   * transactions all that is stored of it, at last itself.
   *
   * @param progress hears after each transaction what was deleted so far
   * @throws StepsException also if somebody keeps writing to it
   */
  Holdings eraseOrganization(String organizationId, Consumer<Holdings> progress, Call call);
}
