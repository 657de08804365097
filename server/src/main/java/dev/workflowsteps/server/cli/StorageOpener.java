package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;

/** Opens the data that the settings name. */
@FunctionalInterface
public interface StorageOpener {

  /**
   * Attaches to the database of a running server, or starts the embedded one, or connects to an
   * external one.
   *
   * @param demo whether to use the demo's data
   * @param command what others are told who find the data directory held, for example {@code
   *     workflow-steps import}
   * @throws dev.workflowsteps.server.config.StartupException if it can't be opened, or if its
   *     schema isn't this version's
   */
  Storage open(Settings settings, boolean demo, String command, ProgressListener progress);
}
