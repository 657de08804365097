package dev.workflowsteps.server.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.List;
import java.util.Locale;

/** What the methods that record documents have in common. */
final class RecordResults {

  /** The most that the results of a call take, in bytes: a field and a reason for each. */
  static final int MAX_BYTES = 1 << 20;

  /**
   * Fails if a request has more documents than one may have, or if REST found something wrong.
   *
   * @param field that holds the documents
   * @param count of the documents
   */
  static void checkCount(Caller caller, FieldDescriptor field, int count) {
    ViolationList violations = new ViolationList(caller.violations());
    int maxValues = FieldBounds.of(field).maxValues();
    if (count > maxValues) {
      violations.tooMany(field.getName(), count, field.getName(), maxValues);
    }
    Errors.check(violations);
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
