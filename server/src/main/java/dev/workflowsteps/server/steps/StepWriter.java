package dev.workflowsteps.server.steps;

import java.util.List;

/** Where steps are written to. Implementations are safe for use by many threads. */
public interface StepWriter {

  /**
   * Writes records of one organization, all or none of them, and returns once they are durable: the
   * outcomes, in the order of the records. What is stored then, and each outcome, is as if every
   * record had been written by itself, in their order; many records with the same key take longer.
   *
   * @param records at most 10,000
   * @throws StepsException with {@code UNAVAILABLE} if they could not be written. Whether they were
   *     may then be unknown; writing them again is safe.
   */
  List<Outcome> write(String organizationId, List<StepRecord> records, Call call);
}
