package dev.workflowsteps.server.listing;

import java.util.List;

/** A row's place in the order of a list, by time and then by ids. No two rows share one. */
public interface Position {

  long sortTime();

  /** At most 256 bytes each, the step's first. */
  List<String> ids();

  /** Whether its step has the time: a row whose step has not moves when the step gets it. */
  boolean hasTime();
}
