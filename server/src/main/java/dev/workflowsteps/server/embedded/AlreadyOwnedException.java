package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.nio.file.Path;
import java.time.Duration;

/** Another process owns the instance. */
final class AlreadyOwnedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Owner owner;

  AlreadyOwnedException(Owner owner) {
    super(owner.words());
    this.owner = owner;
  }

  Owner owner() {
    return owner;
  }

  StartupException notReady(Path instance, Duration patience) {
    return new StartupException(
        ExitCode.DATABASE,
        "%s uses the data directory %s and was not ready after %d s. Look at its messages, then run this again."
            .formatted(owner.words(), instance, patience.toSeconds()));
  }

  StartupException refusal(Path instance) {
    return new StartupException(
        ExitCode.DATABASE,
        "The data directory %s is held by %s: stop that process first, or choose another directory with --data-dir."
            .formatted(instance, owner.words()));
  }
}
