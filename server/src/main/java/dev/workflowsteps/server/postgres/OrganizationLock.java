package dev.workflowsteps.server.postgres;

/**
 * The advisory lock of an organization. Writers take it in shared mode and check that the
 * organization still exists; its deletion takes it exclusively. So a call or an import that
 * outlives the organization can't leave data that would belong to nobody, or to the next
 * organization of that name. A lock of the row instead would write to the WAL in every transaction.
 */
final class OrganizationLock {

  static final String SHARE = "SELECT pg_advisory_xact_lock_shared(?, ?)";

  static final String HOLD = "SELECT pg_advisory_xact_lock(?, ?)";

  /** Distinct from the number of {@link RunLocks}. */
  static final int SPACE = 0x77667332;

  /** The shared lock, then those of runs, then the query whether the organization exists. */
  static Sql share(String organizationId, Sql runLocks) {
    return Sql.of(SHARE, SPACE, organizationId.hashCode())
        .add(";\n")
        .add(runLocks)
        .add(";\n" + PostgresKeyStore.ORGANIZATION, organizationId);
  }

  /** The exclusive lock, then the query whether the organization exists. */
  static Sql hold(String organizationId) {
    return Sql.of(HOLD, SPACE, organizationId.hashCode())
        .add(";\n" + PostgresKeyStore.ORGANIZATION, organizationId);
  }

  private OrganizationLock() {}
}
