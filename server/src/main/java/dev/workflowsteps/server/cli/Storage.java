package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.stores.Stores;

/** The stored data, opened for one command. */
public interface Storage extends AutoCloseable {

  /**
   * Which database this is, for a person and without passwords, for example {@code PostgreSQL 18.6
   * embedded, DATA/main (new)}; {@code (new)} if this opening created it.
   */
  String database();

  Stores stores();

  /**
   * Closes the connections, and stops the embedded database if this opening started it. A second
   * call does nothing.
   */
  @Override
  void close();

  /** Opens the data that the settings name. */
  @FunctionalInterface
  interface Opener {

    /**
     * Connects to the database of a running server, or starts the embedded one, or connects to an
     * external one.
     *
     * @param demo whether to use the demo's data
     * @param command for example {@code import}; shown to others that want the data directory
     *     meanwhile
     * @throws dev.workflowsteps.server.config.StartupException if it can't be opened, or if its
     *     schema isn't this version's
     */
    Storage open(Settings settings, boolean demo, String command, ProgressListener progress);
  }
}
