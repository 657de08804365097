package dev.workflowsteps.server.postgres;

import java.util.Collection;

/**
 * Advisory locks of runs. Writers of steps take them in shared mode, writers of artifact records
 * and deletions exclusively: a record copies its step's list position, and without the locks a step
 * and its record that are written at the same time would not see each other. An organization has
 * 64, and a run the one of its hash, so that a transaction needs few. On Citus all writers must use
 * the same coordinator, because the locks are its own.
 */
final class RunLocks {

  private static final int OF_ORGANIZATION = 64;

  /** Shared mode: writers of steps don't wait for each other. */
  static final String SHARE = "SELECT pg_advisory_xact_lock_shared(?, k) FROM unnest(?) AS k";

  static final String HOLD = "SELECT pg_advisory_xact_lock(?, k) FROM unnest(?) AS k";

  /** Keeps these locks apart from other uses of advisory locks in the database. */
  private static final int SPACE = 0x77667331;

  /** The shared locks of these runs, with {@link OrganizationLock#share}. */
  static Sql share(String organizationId, Collection<String> runIds) {
    return of(SHARE, organizationId, runIds);
  }

  /** The exclusive locks of these runs, with {@link OrganizationLock#share}. */
  static Sql hold(String organizationId, Collection<String> runIds) {
    return of(HOLD, organizationId, runIds);
  }

  private static Sql of(String lock, String organizationId, Collection<String> runIds) {
    return OrganizationLock.share(
        organizationId, Sql.of(lock, SPACE, keys(organizationId, runIds)));
  }

  /** Sorted, so that no two transactions wait for each other. */
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
