package dev.workflowsteps.server.steps;

/** How much is stored of a run or of an organization. */
public record StoredCounts(long steps, long payloads, long artifacts) {

  public static final StoredCounts NONE = new StoredCounts(0, 0, 0);

  public StoredCounts plus(StoredCounts that) {
    return new StoredCounts(
        steps + that.steps, payloads + that.payloads, artifacts + that.artifacts);
  }
}
