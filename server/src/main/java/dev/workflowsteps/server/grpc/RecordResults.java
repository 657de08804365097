package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.List;
import java.util.Locale;

/** What became of documents, as it is told. */
final class RecordResults {

  /** The most documents of one call. */
  static final int MOST = 1_000;

  /** Refuses a call with more documents than one may have. */
  static void checkCount(String field, int count, Findings findings) {
    if (count > MOST) {
      findings.invalid(field, count + " " + field, "at most " + MOST, List.of());
    }
    findings.check();
  }

  static RecordResult of(WriteResult result) {
    if (result instanceof WriteResult.Rejected rejected) {
      return rejected(rejected.rejection());
    }
    String outcome = ((WriteResult.Accepted) result).outcome().name().toLowerCase(Locale.ROOT);
    return RecordResult.newBuilder().setOutcome(outcome).build();
  }

  static RecordResult rejected(Rejection rejection) {
    return RecordResult.newBuilder()
        .setOutcome("rejected")
        .setRejection(
            RecordRejection.newBuilder().setField(rejection.field()).setReason(rejection.reason()))
        .build();
  }

  private RecordResults() {}
}
