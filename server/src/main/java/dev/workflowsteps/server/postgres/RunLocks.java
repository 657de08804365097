package dev.workflowsteps.server.postgres;

import java.util.Collection;

/**
 * Locks by which the records of a run take the places of their steps: who writes steps shares them,
 * who writes records holds them alone, so that neither can miss what the other is about to commit.
 * Some runs of an organization have the same lock, so that a transaction needs few. On Citus all
 * writers must go to one coordinator, which alone knows them.
 */
final class RunLocks {

  private static final int OF_ORGANIZATION = 64;

  /** Between the writers of steps, who needn't wait for each other. */
  static final String SHARE = "SELECT pg_advisory_xact_lock_shared(?, k) FROM unnest(?) AS k";

  static final String HOLD = "SELECT pg_advisory_xact_lock(?, k) FROM unnest(?) AS k";

  /** So that no other use of such locks in the database is in the way. */
  private static final int SPACE = 0x77667331;

  /** With the lock of the organization, which is seen to be there. */
  static Sql share(String organizationId, Collection<String> runIds) {
    return of(SHARE, organizationId, runIds);
  }

  /** With the lock of the organization, which is seen to be there. */
  static Sql hold(String organizationId, Collection<String> runIds) {
    return of(HOLD, organizationId, runIds);
  }

  private static Sql of(String lock, String organizationId, Collection<String> runIds) {
    return OrganizationLock.share(
        organizationId, Sql.of(lock, SPACE, keys(organizationId, runIds)));
  }

  /** In one order, so that no two transactions wait for each other. */
  private static Integer[] keys(String organizationId, Collection<String> runIds) {
    int first = organizationId.hashCode() * OF_ORGANIZATION;
    return runIds.stream()
        .mapToInt(runId -> first + Math.floorMod(runId.hashCode(), OF_ORGANIZATION))
        .distinct()
        .sorted()
        .boxed()
        .toArray(Integer[]::new);
  }

  private RunLocks() {}
}
