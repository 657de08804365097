package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.encoding.EncodedStep;

/**
 * A step as a storage returns it.
 *
 * @param externalBytes the length of the payloads that the step only names, and that lie in the
 *     {@link PayloadStore}
 */
public record StoredStep(StepPosition position, long externalBytes, EncodedStep encoded)
    implements Sized {

  /** The length of the step's encoding once its payloads are restored, in bytes. */
  @Override
  public long size() {
    return encoded.size() + externalBytes;
  }

  boolean sameAs(StoredStep that) {
    return position.equals(that.position) && encoded.sameAs(that.encoded);
  }
}
