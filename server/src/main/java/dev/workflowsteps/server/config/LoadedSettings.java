package dev.workflowsteps.server.config;

import java.util.List;

/**
 * The settings of a process, and how they came about.
 *
 * @param effective one for each of {@link Setting#ALL}, in its order
 */
public record LoadedSettings(Settings settings, List<Effective> effective) {

  /**
   * A setting as it is printed.
   *
   * @param shown its value, passwords hidden; empty if it is absent
   */
  public record Effective(Setting<?> setting, String shown, Origin origin) {}
}
