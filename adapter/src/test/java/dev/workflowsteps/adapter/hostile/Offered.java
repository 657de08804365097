package dev.workflowsteps.adapter.hostile;

import java.time.Duration;

/**
 * A load's answers.
 *
 * @param cpu of the server meanwhile
 */
record Offered(Answers answers, int seconds, Duration cpu) {

  /**
   * @param rate requests a second
   */
  static Offered offer(Server server, Load load, double rate, int seconds) throws Exception {
    load.rate((int) Math.round(rate)).seconds(seconds).start();
    Duration before = server.cpu();
    Answers answers = load.answers();
    return new Offered(answers, seconds, server.cpu().minus(before));
  }

  /** In a second, without the first, in which the queues fill. */
  double goodput() {
    return answers.good().ended(1, seconds).perSecond();
  }

  double took99() {
    return answers.good().took(99);
  }
}
