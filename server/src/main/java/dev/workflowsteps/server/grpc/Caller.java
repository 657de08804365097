package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.Violations;
import io.grpc.Context;

/**
 * Who is asking, and what the REST adapter already found wrong with the question.
 *
 * @param organizationId the organization of the caller's key
 */
record Caller(String organizationId, Violations violations) {

  static final Context.Key<Caller> KEY = Context.key("caller");

  /** The caller of the call that this thread serves. */
  static Caller current() {
    return KEY.get();
  }
}
