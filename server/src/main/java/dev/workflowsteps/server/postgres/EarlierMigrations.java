package dev.workflowsteps.server.postgres;

import java.util.Set;

/**
 * Migrations that were rewritten after databases had been migrated with them. The rewritten ones
 * give the same schema, so nothing is left to do there. The history of those databases stays as it
 * is, and an earlier program that is started again still finds its own checksums.
 */
final class EarlierMigrations {

  /**
   * @param checksum as the history has it
   */
  private record Earlier(String version, int checksum) {}

  private static final Set<Earlier> ACCEPTED =
      Set.of(
          // It created the roles too, which needs a right that an owner of tables seldom has.
          new Earlier("1", -277503600),
          // It changed all rows in one transaction, and writers waited for its end.
          new Earlier("2", -1334640376));

  static boolean accepts(String version, int checksum) {
    return ACCEPTED.contains(new Earlier(version, checksum));
  }

  private EarlierMigrations() {}
}
