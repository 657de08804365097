package dev.workflowsteps.adapter.rest;

/** Is told of every request that was answered. */
@FunctionalInterface
public interface RequestTimes {

  /**
   * A request was answered, or its caller went away.
   *
   * @param route the template of the path, or {@code other}
   * @param method one that routes take, or {@code other}
   */
  void record(String route, String method, int status, long nanos);
}
