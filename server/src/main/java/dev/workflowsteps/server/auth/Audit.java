package dev.workflowsteps.server.auth;

import dev.workflowsteps.contract.LogNames;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: what is done to keys and organizations, by which user of the operating system, and
 * where wrong keys come from. It names keys by their ids. Its lines are written whatever the level
 * of the log is.
 */
public final class Audit {

  static final Logger LOG = LoggerFactory.getLogger(LogNames.AUDIT);

  /** A question mark if the user has no name. */
  private static final String USER = System.getProperty("user.name");

  /**
   * Writes what was done, with the user who did it.
   *
   * @param done as the log writes it, with {@code {}} for each of the values
   */
  public static void log(String done, Object... values) {
    Object[] all = Arrays.copyOf(values, values.length + 1);
    all[values.length] = USER;
    LOG.info(done + " user={}", all);
  }

  private Audit() {}
}
