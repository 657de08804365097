package dev.workflowsteps.server.ops;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which organizations call most. Metrics have no label for that, as there may be any number of
 * organizations. Thread-safe.
 */
public final class BusiestOrganizations {

  private static final Logger LOG = LoggerFactory.getLogger(BusiestOrganizations.class);

  private static final int MOST_LOGGED = 10;

  /** About 1 MB. Whoever is busy is among the first, nearly always. */
  private static final int MOST_COUNTED = 10_000;

  private volatile Counts counts = new Counts();

  private static final class Counts {
    private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
    private final LongAdder others = new LongAdder();
  }

  /** A call of an organization. */
  public void add(String organizationId) {
    Counts now = counts;
    LongAdder calls = now.calls.get(organizationId);
    if (calls == null && now.calls.size() < MOST_COUNTED) {
      calls = now.calls.computeIfAbsent(organizationId, added -> new LongAdder());
    }
    (calls == null ? now.others : calls).increment();
  }

  /** Logs the calls since the last time, if there were any; to be called once a minute. */
  public void log() {
    Counts last = counts;
    counts = new Counts();
    if (last.calls.isEmpty()) {
      return;
    }
    List<Map.Entry<String, LongAdder>> busiest =
        last.calls.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<String, LongAdder>>comparingLong(
                        entry -> -entry.getValue().sum())
                    .thenComparing(Map.Entry::getKey))
            .limit(MOST_LOGGED)
            .toList();
    long all = last.calls.values().stream().mapToLong(LongAdder::sum).sum() + last.others.sum();
    LOG.info(
        "calls in the last minute: {} from {} organizations; {}",
        all,
        last.others.sum() == 0 ? last.calls.size() : "more than " + MOST_COUNTED,
        busiest.stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" ")));
  }
}
