package dev.workflowsteps.adapter.hostile;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What became of the requests of a load.
 *
 * @param seconds so long they were sent
 */
record Answers(List<Sent> sent, int seconds) {

  Answers only(Predicate<Sent> which) {
    return new Answers(sent.stream().filter(which).toList(), seconds);
  }

  Answers ok() {
    return only(Sent::isOk);
  }

  Answers refused() {
    return only(Sent::isRefused);
  }

  /** Neither answered nor refused. */
  Answers failed() {
    return only(one -> !one.isOk() && !one.isRefused());
  }

  /** Those that ended between these seconds of the load. */
  Answers ended(int from, int to) {
    return new Answers(
        only(one -> one.end() >= from * 1_000_000L && one.end() < to * 1_000_000L).sent(),
        to - from);
  }

  /** Those within the deadline. */
  Answers good() {
    return only(one -> one.isOk() && one.took() <= Load.DEADLINE_MILLIS * 1_000L);
  }

  int count() {
    return sent.size();
  }

  double perSecond() {
    return (double) sent.size() / seconds;
  }

  /** In milliseconds; 0 if there are none. */
  double took(double percent) {
    return percentile(percent, sent.stream().mapToLong(Sent::took).sorted().toArray());
  }

  /** How late the client was itself, in milliseconds. */
  double lag(double percent) {
    return percentile(percent, sent.stream().mapToLong(Sent::lag).sorted().toArray());
  }

  Map<String, Long> outcomes() {
    return sent.stream()
        .collect(Collectors.groupingBy(Sent::outcome, TreeMap::new, Collectors.counting()));
  }

  /** The nearest rank. */
  private static double percentile(double percent, long[] sorted) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / 1_000.0;
  }

  /** For example {@code 98.3 ok/s (p50 101, p99 180 ms), refused 890.0/s (...), ...}. */
  @Override
  public String toString() {
    return "ok %.1f/s (%s), refused %.1f/s (%s), failed %d, lag %.1f/%.1f ms, %s"
        .formatted(
            ok().perSecond(),
            ok().times(),
            refused().perSecond(),
            refused().times(),
            failed().count(),
            lag(50),
            lag(99),
            outcomes());
  }

  String times() {
    return "p50 %.0f p95 %.0f p99 %.0f max %.0f ms"
        .formatted(took(50), took(95), took(99), took(100));
  }
}
