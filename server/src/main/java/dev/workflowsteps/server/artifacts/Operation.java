package dev.workflowsteps.server.artifacts;

import java.util.List;

/** The words of an artifact's {@code operation}. */
public final class Operation {

  public static final List<String> ALL =
      List.of(
          "extraction",
          "split",
          "classification",
          "parse",
          "edit",
          "partition",
          "conditional_evaluation",
          "review_trigger_evaluation",
          "while_loop_termination",
          "api_call_invocation",
          "function_invocation");

  private Operation() {}
}
