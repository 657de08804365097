package dev.workflowsteps.server.steps;

/** A row of a page, of which there are as many as the page's bytes allow. */
public interface Sized {

  /** The length of its encoding in the answer, in bytes. */
  long size();
}
