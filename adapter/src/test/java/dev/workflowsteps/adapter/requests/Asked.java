package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Request;

/**
 * A request and what it was made of, to ask on from its answer.
 *
 * @param rest whether over REST, else over gRPC
 */
record Asked(boolean rest, Request request, RandomRequests.Wish wish) {

  Kind kind() {
    return wish.kind();
  }

  String method() {
    return request.method();
  }

  @Override
  public String toString() {
    return request + (rest ? "" : " " + wish.pairs()).replaceAll("(.{1,6})\\1{20,}", "$1…");
  }
}
