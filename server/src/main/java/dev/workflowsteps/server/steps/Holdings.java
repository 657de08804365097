package dev.workflowsteps.server.steps;

/** How much is stored of a run or of an organization. */
public record Holdings(long steps, long payloads, long artifacts) {

  public static final Holdings NOTHING = new Holdings(0, 0, 0);

  public Holdings plus(Holdings that) {
    return new Holdings(steps + that.steps, payloads + that.payloads, artifacts + that.artifacts);
  }
}
