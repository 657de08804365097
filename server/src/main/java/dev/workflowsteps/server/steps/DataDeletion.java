package dev.workflowsteps.server.steps;

import java.util.function.Consumer;

/**
 * Deletes what an organization owns, for good. A deletion that was interrupted goes on when it is
 * run again. Implementations are safe for use by many threads.
 *
 * <p>Every method throws {@link StepsException} with {@code UNAVAILABLE} if the storage is not
 * available.
 */
public interface DataDeletion {

  /** What is stored of a run; {@link StoredCounts#NONE} if the organization has no such run. */
  StoredCounts countRun(String organizationId, String runId, Call call);

  /** Deletes a run in one transaction and returns what that deleted. */
  StoredCounts deleteRun(String organizationId, String runId, Call call);

  /** What is stored of an organization. */
  StoredCounts countOrganization(String organizationId, Call call);

  /**
   * Deletes an organization: first its keys, so that nobody sees it half deleted, then its data in
   * small transactions, and last its name.
   *
   * @param progress called after each transaction with what has been deleted so far
   * @return what was deleted in all
   * @throws StepsException with {@code ORGANIZATION_IN_USE} if somebody keeps writing to it
   */
  StoredCounts deleteOrganization(
      String organizationId, Consumer<StoredCounts> progress, Call call);
}
