package dev.workflowsteps.server.postgres;

/**
 * The lock by which an organization is deleted: who writes to it shares the lock and sees first
 * whether the organization is still there, who deletes it holds the lock alone. A key of it, or an
 * import, may outlive it by a moment; what they write then would belong to nobody, or to whoever
 * takes the name next. An advisory lock, for one of the row would be written to the log each time.
 */
final class OrganizationLock {

  static final String SHARE = "SELECT pg_advisory_xact_lock_shared(?, ?)";

  static final String HOLD = "SELECT pg_advisory_xact_lock(?, ?)";

  /** Beside that of {@link RunLocks}. */
  static final int SPACE = 0x77667332;

  /** For work on some runs of it, with their locks. */
  static Sql share(String organizationId, Sql runLocks) {
    return Sql.of(SHARE, SPACE, organizationId.hashCode())
        .add(";\n")
        .add(runLocks)
        .add(";\n" + PostgresKeyStore.ORGANIZATION, organizationId);
  }

  static Sql hold(String organizationId) {
    return Sql.of(HOLD, SPACE, organizationId.hashCode())
        .add(";\n" + PostgresKeyStore.ORGANIZATION, organizationId);
  }

  private OrganizationLock() {}
}
