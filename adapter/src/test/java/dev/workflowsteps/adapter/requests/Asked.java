package dev.workflowsteps.adapter.requests;

import java.util.List;

/**
 * A request as it is sent.
 *
 * @param rest whether over REST, else over gRPC
 * @param method of HTTP; GET for gRPC
 * @param target of HTTP, its bytes as characters
 * @param message of gRPC
 * @param wish what it was made of, to ask on from its answer
 */
record Asked(
    boolean rest,
    String method,
    String target,
    byte[] message,
    List<Header> headers,
    RandomRequests.Wish wish) {

  Kind kind() {
    return wish.kind();
  }

  @Override
  public String toString() {
    String text =
        rest
            ? method + ' ' + target + ' ' + headers
            : kind() + " " + wish.pairs() + ' ' + headers + ' ' + message.length + " bytes";
    return text.replaceAll("(.{1,6})\\1{20,}", "$1…");
  }
}
