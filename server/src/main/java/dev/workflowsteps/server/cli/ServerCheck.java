package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.config.CheckedSettings;
import dev.workflowsteps.server.config.StartupException;
import java.util.List;

/** Tries what a server needs, without starting or changing anything. */
@FunctionalInterface
public interface ServerCheck {

  /** The commands that start a server. */
  enum Server {
    SERVE("serve"),
    SERVE_GRPC("serve-grpc"),
    SERVE_REST("serve-rest");

    private final String command;

    Server(String command) {
      this.command = command;
    }

    /** As it is typed. */
    public String command() {
      return command;
    }
  }

  /**
   * Tries everything that does not depend on a faulty setting.
   *
   * @param demo whether to use the demo's data
   * @return why the server would not start, or not become ready: each with the exit code that is
   *     due to it, and without secrets
   */
  List<StartupException> problems(Server server, CheckedSettings settings, boolean demo);
}
