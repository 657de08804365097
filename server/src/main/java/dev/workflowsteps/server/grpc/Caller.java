package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.auth.Authenticated;

/**
 * Who is asking, and what the REST adapter already found wrong with the question.
 *
 * @param key whose key it is
 */
record Caller(Authenticated key, Violations violations) {

  String organizationId() {
    return key.organizationId();
  }
}
