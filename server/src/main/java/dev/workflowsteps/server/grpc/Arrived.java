package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.proto.v1.RecordRejection;
import dev.workflowsteps.proto.v1.RecordResult;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The documents of a request to record, and those that none can be made of.
 *
 * @param <D> a document
 */
final class Arrived<D> {

  /** The most documents of one call. */
  static final int MOST = 1_000;

  private final List<D> documents = new ArrayList<>();

  /** One for each that came: what is wrong with it, or empty if it is among the documents. */
  private final List<Optional<Rejection>> rejections = new ArrayList<>();

  /**
   * Fails if a request has more documents than one may have, or if REST found something wrong.
   *
   * @param field that holds them
   */
  static void checkCount(Caller caller, String field, int count) {
    ViolationList violations = new ViolationList(caller.violations());
    if (count > MOST) {
      violations.tooMany(field, count, field, MOST);
    }
    Errors.check(violations);
  }

  void add(D document) {
    documents.add(document);
    rejections.add(Optional.empty());
  }

  void reject(Rejection rejection) {
    rejections.add(Optional.of(rejection));
  }

  List<D> documents() {
    return documents;
  }

  /**
   * What became of all, in their order.
   *
   * @param recorded what became of the {@link #documents}
   */
  List<RecordResult> results(List<WriteResult> recorded) {
    Iterator<WriteResult> next = recorded.iterator();
    return rejections.stream()
        .map(rejection -> rejection.map(Arrived::rejected).orElseGet(() -> Arrived.of(next.next())))
        .toList();
  }

  private static RecordResult of(WriteResult result) {
    if (result instanceof WriteResult.Rejected rejected) {
      return rejected(rejected.rejection());
    }
    String outcome = ((WriteResult.Accepted) result).outcome().name().toLowerCase(Locale.ROOT);
    return RecordResult.newBuilder().setOutcome(outcome).build();
  }

  private static RecordResult rejected(Rejection rejection) {
    return RecordResult.newBuilder()
        .setOutcome("rejected")
        .setRejection(
            RecordRejection.newBuilder().setField(rejection.field()).setReason(rejection.reason()))
        .build();
  }
}
