package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.artifacts.ArtifactLister;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;

/** What the services ask. */
public record UseCases(
    StepLister steps,
    StepRecorder stepRecorder,
    ArtifactLister artifacts,
    ArtifactRecorder artifactRecorder) {}
