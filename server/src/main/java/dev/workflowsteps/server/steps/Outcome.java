package dev.workflowsteps.server.steps;

/** What became of one document that was acceptable. Durable. */
public enum Outcome implements WriteResult {
  /** Nothing with its key was stored. */
  NEW,
  /** It replaced what was stored. */
  CHANGED,
  /** The same was stored already; nothing was written. */
  UNCHANGED,
  /** What is stored is final, and this is neither final nor a later try; nothing was written. */
  STALE
}
