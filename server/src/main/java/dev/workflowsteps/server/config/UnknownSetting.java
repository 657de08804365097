package dev.workflowsteps.server.config;

import dev.workflowsteps.contract.Suggestion;
import java.util.Collection;

/** The failure for a name that is no setting. */
final class UnknownSetting {

  /**
   * @param where what the name is, for a person
   */
  static StartupException failure(String name, Collection<String> known, String where) {
    String remedy =
        Suggestion.near(name, known)
            .map(near -> "did you mean " + near + "?")
            .orElse("the command config prints every setting");
    return new StartupException(
        ExitCode.CONFIGURATION, "unknown setting " + name + " (" + where + "); " + remedy);
  }

  private UnknownSetting() {}
}
