package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.List;
import java.util.Locale;

/** What the methods that record documents have in common. */
final class RecordResults {

  /** The most documents of one call. */
  static final int MOST = 1_000;

  /**
   * Fails if a request has more documents than one may have, or if REST found something wrong.
   *
   * @param field that holds them
   */
  static void checkCount(Caller caller, String field, int count) {
    Findings findings = new Findings(caller.findings());
    if (count > MOST) {
      findings.invalid(field, count + " " + field, "at most " + MOST, List.of());
    }
    findings.check();
  }

  /** The results as they are sent. */
  static List<RecordResult> of(List<WriteResult> results) {
    return results.stream().map(RecordResults::of).toList();
  }

  private static RecordResult of(WriteResult result) {
    RecordResult.Builder message = RecordResult.newBuilder();
    if (result instanceof Rejection rejection) {
      return message
          .setOutcome("rejected")
          .setRejection(
              RecordRejection.newBuilder()
                  .setField(rejection.field())
                  .setReason(rejection.reason()))
          .build();
    }
    return message.setOutcome(result.toString().toLowerCase(Locale.ROOT)).build();
  }

  private RecordResults() {}
}
