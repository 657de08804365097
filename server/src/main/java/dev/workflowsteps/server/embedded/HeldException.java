package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.nio.file.Path;

/** Another process owns the instance. */
final class HeldException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Holder holder;

  HeldException(Holder holder) {
    super(holder.words());
    this.holder = holder;
  }

  Holder holder() {
    return holder;
  }

  StartupException refusal(Path instance) {
    return new StartupException(
        ExitCode.DATABASE,
        "The data directory "
            + instance
            + " is held by "
            + holder.words()
            + ": stop that one first, or choose another folder with --data-dir.");
  }
}
