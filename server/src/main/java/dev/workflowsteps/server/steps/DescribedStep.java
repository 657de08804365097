package dev.workflowsteps.server.steps;

import java.util.Optional;

/**
 * A step as a storage holds it, and beside it what it is filtered by: all that is known of it if
 * its bytes can't be read. The fields are those of {@link StepRecord}.
 */
public record DescribedStep(
    StoredStep step,
    Optional<String> workflowId,
    String blockId,
    String blockType,
    String status,
    int retryCount) {}
