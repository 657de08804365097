package dev.workflowsteps.server.steps;

/**
 * The seed of tests that draw their data. Each of their cases has the next one; the system property
 * {@code wfs.test.seed} with the seed that a failure names makes it the first.
 */
public final class Seed {

  private static final long FIRST = Long.getLong("wfs.test.seed", 20_260_312L);

  public static long first() {
    System.out.println("-Dwfs.test.seed=" + FIRST);
    return FIRST;
  }

  private Seed() {}
}
