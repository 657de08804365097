package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.Handles;
import dev.workflowsteps.server.listing.Row;

/**
 * A step as a storage returns it.
 *
 * @param externalBytes the length of the payloads that the step only names, and that lie in the
 *     {@link PayloadStore}
 */
public record StoredStep(StepPosition position, long externalBytes, EncodedStep encoded)
    implements Row<StepPosition> {

  /** The size by which a storage measures rows: as they are stored, payloads included, in bytes. */
  public long storedSize() {
    return encoded.size() + externalBytes;
  }

  @Override
  public long size() {
    return externalBytes == 0 ? Row.framed(encoded.size()) : size(Handles.parse(encoded));
  }

  /** The {@link #size()} of a step with external payloads, its handles already parsed. */
  long size(Handles handles) {
    return Row.framed(encoded.head().length + handles.restoredSize());
  }

  boolean sameAs(StoredStep that) {
    return position.equals(that.position) && encoded.sameAs(that.encoded);
  }
}
