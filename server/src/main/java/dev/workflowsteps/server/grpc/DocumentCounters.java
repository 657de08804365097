package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.ops.DataMeters;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.WriteResult;
import io.micrometer.core.instrument.Counter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts the documents of one kind that are recorded, by what became of them. */
final class DocumentCounters {

  private final Map<Outcome, Counter> accepted = new EnumMap<>(Outcome.class);
  private final Counter rejected;

  /**
   * @param kind for example {@code step}
   */
  DocumentCounters(DataMeters meters, String kind) {
    for (Outcome outcome : Outcome.values()) {
      accepted.put(outcome, meters.documents(kind, outcome.name().toLowerCase(Locale.ROOT)));
    }
    this.rejected = meters.documents(kind, "rejected");
  }

  void count(List<WriteResult> results) {
    for (WriteResult result : results) {
      (result instanceof Outcome outcome ? accepted.get(outcome) : rejected).increment();
    }
  }
}
