package dev.workflowsteps.server.admission;

/** A kind of work with places of its own, so that none of them can take those of another. */
public enum Work {
  READ,
  LARGE_READ,
  WRITE
}
