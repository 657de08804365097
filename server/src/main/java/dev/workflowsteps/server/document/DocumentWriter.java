package dev.workflowsteps.server.document;

import java.io.IOException;
import java.io.OutputStream;

/** Writes steps in the public JSON form, as callers of REST see them. */
@FunctionalInterface
public interface DocumentWriter {

  /**
   * Writes one step.
   *
   * @param step the encoding of a {@code workflows.v1.WorkflowStep}
   */
  void write(byte[] step, OutputStream out) throws IOException;
}
