package dev.workflowsteps.server.network;

import java.util.HashMap;
import java.util.Map;

/** How many connections each network has, or each organization. Not thread-safe. */
final class ConnectionCounts<K> {

  private final Map<K, Integer> counts = new HashMap<>();

  /** Zero if there is none. */
  int of(K owner) {
    return counts.getOrDefault(owner, 0);
  }

  void add(K owner) {
    counts.merge(owner, 1, Integer::sum);
  }

  void remove(K owner) {
    counts.computeIfPresent(owner, (same, count) -> count == 1 ? null : count - 1);
  }
}
