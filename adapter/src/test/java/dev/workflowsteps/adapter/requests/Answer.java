package dev.workflowsteps.adapter.requests;

import java.util.List;
import java.util.Optional;

/**
 * An answer, over either transport.
 *
 * @param code null if it is none of an error
 * @param rows of a page or a single one: over REST the bytes, over gRPC as {@link #shown}
 * @param before null = none
 * @param after null = none
 * @param requestIds every one that it has
 */
record Answer(
    String code, List<String> rows, String before, String after, List<String> requestIds) {

  /** How a row is told of whose JSON nothing is to be seen. */
  static String shown(String runId, String stepId, String status) {
    return runId + ' ' + stepId + ' ' + status;
  }

  Optional<String> error() {
    return Optional.ofNullable(code);
  }
}
