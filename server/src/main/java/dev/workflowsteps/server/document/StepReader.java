package dev.workflowsteps.server.document;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.StepValidator;
import dev.workflowsteps.server.text.MalformedJsonException;
import java.io.IOException;

/**
 * Reads steps of one organization in the public JSON form, one at a time. Safe for use by many
 * threads.
 *
 * <p>Strict about the form, so that nothing is lost unnoticed: rejects unknown keys, keys given
 * twice, missing required keys and values of another type. Null is the same as an absent key
 * wherever a step need not have the value. In payloads ({@code data} of a handle and {@code
 * context} of an error's details) null is a value; they keep their bytes, without white space
 * around them. {@link StepValidator} checks the values when the step is recorded.
 */
public final class StepReader implements DocumentReader<WorkflowStep> {

  private static final MessageReader STEPS =
      MessageReader.of(WorkflowStep.getDescriptor(), "organization_id");

  private final String organizationId;

  /**
   * @param organizationId whose steps these are; a document may name it, but no other
   */
  public StepReader(String organizationId) {
    this.organizationId = organizationId;
  }

  @Override
  public WorkflowStep read(byte[] buffer, int from, int to) throws RejectedDocumentException {
    JsonCursor in = new JsonCursor(buffer, from, to);
    WireBuffer out = new WireBuffer(to - from);
    try {
      STEPS.read(in, member -> member.organization(organizationId), out);
      in.requireEnd();
      return WorkflowStep.parseFrom(out.toInput());
    } catch (MalformedJsonException e) {
      throw in.malformed(e);
    } catch (IOException e) {
      throw new IllegalStateException("the message was just written", e);
    }
  }
}
