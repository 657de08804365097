package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.Violations;

/**
 * Who is asking, and what the REST adapter already found wrong with the question.
 *
 * @param organizationId the organization of the caller's key
 */
record Caller(String organizationId, Violations violations) {}
