package dev.workflowsteps.adapter.upstream;

import java.time.Duration;

/** The address of the caller is refused for some time, whoever calls. */
public final class AddressException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Duration delay;

  AddressException(Duration delay) {
    super("the address is refused for " + delay, null, false, false);
    this.delay = delay;
  }

  /** For how long. */
  public Duration delay() {
    return delay;
  }
}
