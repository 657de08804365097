package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.admission.MemoryBudget.Charge;

/** A request message was not read to its end. Cheap, since clients can cause any number of them. */
final class UnreadMessageException extends Exception {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  enum Reason {
    /** It is longer than a message may be, or than this process can ever hold. */
    TOO_LARGE,
    /** There is no memory for it now. */
    NO_MEMORY,
    /** It is cut off, or was compressed wrongly. */
    BROKEN;

    /** Why a charge could not grow by so much. */
    static Reason unpaid(Charge charge, long bytes) {
      return charge.couldGrow(bytes) ? NO_MEMORY : TOO_LARGE;
    }
  }

  UnreadMessageException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
