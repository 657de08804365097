package dev.workflowsteps.adapter.client;

import java.util.List;
import java.util.Set;

/** A method that answers questions: its route, and what it takes. */
public enum Kind {
  LIST_STEPS(
      "WorkflowStepsService/ListWorkflowSteps",
      "steps",
      1_000,
      20,
      List.of("run_id", "workflow_id", "block_id", "step_id"),
      List.of("block_type", "status", "before", "after", "limit", "order")),
  GET_STEP("WorkflowStepsService/GetWorkflowStep", "steps", 0, 0, List.of("run_id"), List.of()),
  LIST_ARTIFACTS(
      "WorkflowArtifactsService/ListWorkflowArtifacts",
      "artifacts",
      200,
      100,
      List.of("run_id", "block_id", "step_id"),
      List.of("operation", "before", "after", "limit")),
  GET_ARTIFACT(
      "WorkflowArtifactsService/GetWorkflowArtifact", "artifacts", 0, 0, List.of(), List.of());

  /** Parameters that take several values. */
  public static final Set<String> LISTS = Set.of("block_type", "status");

  private final String method;
  private final String collection;
  private final int mostRows;
  private final int usualRows;
  private final List<String> ids;
  private final List<String> others;

  Kind(
      String method,
      String collection,
      int mostRows,
      int usualRows,
      List<String> ids,
      List<String> others) {
    this.method = method;
    this.collection = collection;
    this.mostRows = mostRows;
    this.usualRows = usualRows;
    this.ids = ids;
    this.others = others;
  }

  public boolean isList() {
    return this == LIST_STEPS || this == LIST_ARTIFACTS;
  }

  public boolean isOfSteps() {
    return collection.equals("steps");
  }

  public String fullMethodName() {
    return "workflows.v1." + method;
  }

  /** The last word of the route, or the last but one. */
  public String collection() {
    return collection;
  }

  /** The parameter that stands in the path of a single one. */
  public String idInPath() {
    return isOfSteps() ? "step_id" : "artifact_id";
  }

  public int mostRows() {
    return mostRows;
  }

  public int usualRows() {
    return usualRows;
  }

  /** The parameters that are ids, without that of the path. */
  public List<String> ids() {
    return ids;
  }

  /** The parameters that are none. */
  public List<String> others() {
    return others;
  }

  public boolean has(String parameter) {
    return ids.contains(parameter) || others.contains(parameter);
  }
}
