package dev.workflowsteps.server.admission;

/** The kinds of work, of which none can take all places of another. */
public enum Work {
  READ,
  /** A read that takes so long as many others; of the places for reads, it may have a part. */
  LARGE_READ,
  WRITE
}
