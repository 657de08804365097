package dev.workflowsteps.server.steps;

import java.util.Optional;

/**
 * A step as a storage holds it, and beside it what it is filtered by: all that is known of it if
 * its bytes can't be read. The fields are those of {@link StepRecord}.
 *
 * @param step at its position in lists that are sorted by the start
 */
public record DescribedStep(
    StoredStep step,
    long endedAt,
    Optional<String> workflowId,
    String blockId,
    String blockType,
    String status,
    int retryCount) {

  /** Its place in lists that are sorted by a time. */
  StepPosition position(SortBy sortBy) {
    return switch (sortBy) {
      case STARTED_AT -> step.position();
      case ENDED_AT -> step.position().at(endedAt);
    };
  }
}
