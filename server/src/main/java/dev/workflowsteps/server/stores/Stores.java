package dev.workflowsteps.server.stores;

import dev.workflowsteps.server.artifacts.ArtifactStore;
import dev.workflowsteps.server.artifacts.ArtifactWriter;
import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.OrganizationSizes;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepStore;
import dev.workflowsteps.server.steps.StepWriter;

/** Everything that is stored, each store by its own interface; all of one storage. */
public record Stores(
    StepStore stepStore,
    StepWriter stepWriter,
    PayloadStore payloadStore,
    ArtifactStore artifactStore,
    ArtifactWriter artifactWriter,
    KeyStore keyStore,
    DataDeletion dataDeletion,
    OrganizationSizes organizationSizes) {}
