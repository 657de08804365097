package dev.workflowsteps.adapter.hostile;

import java.util.function.Consumer;

/** One way to ask for a page. */
interface Sender {

  /**
   * Sends a request and doesn't wait for the answer.
   *
   * @param ended gets the outcome, once: the HTTP status, the gRPC code, or {@link Sent#BROKEN} and
   *     what broke the connection
   * @return cancels the request
   */
  Runnable send(Consumer<String> ended);
}
