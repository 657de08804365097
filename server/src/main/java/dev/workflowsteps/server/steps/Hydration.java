package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.encoding.Handles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Restores the external payloads of a page's rows, with one fetch for all. */
final class Hydration {

  private final PayloadStore payloads;

  /**
   * Rows as they are to be answered.
   *
   * @param lacking the rows as they were read, of which a payload was missing; they may have been
   *     written between the reading of them and of their payloads
   */
  record Hydrated(List<StoredStep> rows, List<StoredStep> lacking) {}

  Hydration(PayloadStore payloads) {
    this.payloads = payloads;
  }

  /**
   * @param rows together at most {@code most} bytes, payloads and all; if it is one alone, its
   *     largest payloads are given up until it is
   */
  Hydrated hydrate(String organizationId, List<StoredStep> rows, long most, Call call) {
    Map<Integer, Handles> apart = new HashMap<>();
    Set<PayloadKey> keys = new HashSet<>();
    for (int i = 0; i < rows.size(); i++) {
      StoredStep row = rows.get(i);
      boolean alone = rows.size() == 1;
      if (row.externalBytes() > 0 || (alone && row.size() > most)) {
        Handles handles = Handles.parse(row.encoded());
        if (alone) {
          handles.giveUpLargest(row.externalBytes() > 0 ? row.size(handles) : row.size(), most);
        }
        handles.external().forEach(sha256 -> keys.add(key(row, sha256)));
        apart.put(i, handles);
      }
    }
    if (apart.isEmpty()) {
      return new Hydrated(rows, List.of());
    }
    call.reserve(Math.min(most, rows.stream().mapToLong(StoredStep::storedSize).sum()));
    return restored(
        rows, apart, keys.isEmpty() ? Map.of() : payloads.fetch(organizationId, keys, call));
  }

  private static Hydrated restored(
      List<StoredStep> rows, Map<Integer, Handles> apart, Map<PayloadKey, byte[]> fetched) {
    List<StoredStep> whole = new ArrayList<>(rows);
    List<StoredStep> lacking = new ArrayList<>();
    for (Map.Entry<Integer, Handles> entry : apart.entrySet()) {
      StoredStep row = rows.get(entry.getKey());
      Handles handles = entry.getValue();
      if (handles.restore(sha256 -> fetched.get(key(row, sha256)))) {
        lacking.add(row);
      }
      whole.set(entry.getKey(), new StoredStep(row.position(), 0, handles.encode()));
    }
    return new Hydrated(whole, lacking);
  }

  private static PayloadKey key(StoredStep row, String sha256) {
    return new PayloadKey(row.position().runId(), row.position().stepId(), sha256);
  }
}
