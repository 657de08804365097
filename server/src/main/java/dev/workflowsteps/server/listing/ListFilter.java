package dev.workflowsteps.server.listing;

import java.util.List;
import java.util.Optional;

/** Which rows of one organization a list holds. */
public interface ListFilter {

  String organizationId();

  /** The run whose rows the list holds; absent = of any run. */
  Optional<String> runId();

  /**
   * All that decides which rows the list has, and in which order: a page token is bound to it. Part
   * by part, each of any number of words. What was added to lists later is a part only where it
   * differs from the default, so that older tokens go on working.
   */
  List<List<String>> tokenScope(Direction order);
}
