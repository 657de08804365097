package dev.workflowsteps.server.auth;

import dev.workflowsteps.contract.CallerNetwork;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The keys of each address of which it is not known yet whether they are right. Thread-safe. */
final class KeysInQuestion {

  /** Guarded by this. Of each key, how many requests have it. */
  private final Map<CallerNetwork, Map<String, Integer>> keys = new HashMap<>();

  /**
   * Adds a key, once more if it is there.
   *
   * @param most how many different ones the address may have
   * @return whether it may have this one
   */
  synchronized boolean add(CallerNetwork network, String key, long most) {
    Map<String, Integer> ofNetwork = keys.getOrDefault(network, Map.of());
    if (!ofNetwork.containsKey(key) && ofNetwork.size() >= most) {
      return false;
    }
    keys.computeIfAbsent(network, any -> new HashMap<>()).merge(key, 1, Integer::sum);
    return true;
  }

  /** Takes an added key away; the answer is to be run, and does nothing a second time. */
  Runnable removal(CallerNetwork network, String key) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        remove(network, key);
      }
    };
  }

  private synchronized void remove(CallerNetwork network, String key) {
    Map<String, Integer> ofNetwork = keys.get(network);
    ofNetwork.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    if (ofNetwork.isEmpty()) {
      keys.remove(network);
    }
  }
}
