package dev.workflowsteps.adapter.hostile;

import java.util.Set;

/**
 * One request of a {@link LoadClient}, with times in microseconds.
 *
 * @param due when it was to be sent, from the beginning of the load
 * @param lag how much later the client sent it
 * @param took from then to the end
 * @param outcome see {@link Sender#send}
 */
record Sent(long due, long lag, long took, String outcome) {

  /** Begins the outcome of a request that has no answer. */
  static final String BROKEN = "broken:";

  private static final String NAME = "sent ";
  private static final Set<String> REFUSED =
      Set.of("503", "429", "UNAVAILABLE", "RESOURCE_EXHAUSTED");

  static boolean isLine(String line) {
    return line.startsWith(NAME);
  }

  static Sent of(String line) {
    String[] parts = line.split(" ");
    return new Sent(
        Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]), parts[4]);
  }

  String line() {
    return NAME + due + ' ' + lag + ' ' + took + ' ' + outcome;
  }

  /** From the beginning of the load. */
  long end() {
    return due + lag + took;
  }

  boolean isOk() {
    return outcome.equals("200") || outcome.equals("OK");
  }

  /** Told to come again later. */
  boolean isRefused() {
    return REFUSED.contains(outcome);
  }
}
