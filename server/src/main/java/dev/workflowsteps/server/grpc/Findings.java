package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Suggestion;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collects all that is wrong with one request, so that its caller is told at once. What is told is
 * bounded, since a gRPC client by default refuses more than 8 KiB of headers, the details among
 * them.
 */
final class Findings {

  static final int MOST = 10;

  private static final int MOST_BYTES = 1_600;

  private final List<Violation> violations = new ArrayList<>();
  private final Set<String> wordsTold = new HashSet<>();
  private int omitted;

  /**
   * @param earlier what the REST adapter found while it read the parameters
   */
  Findings(Violations earlier) {
    earlier.getViolationsList().stream().limit(MOST).forEach(this::add);
    omitted += earlier.getOmitted();
  }

  void invalid(String field, String value, String expected, List<String> allowed) {
    Violation.Builder violation =
        violation(ErrorReason.ERROR_REASON_INVALID_VALUE, field)
            .setValue(Quote.beginning(value))
            .addAllAllowed(allowed)
            .setDescription(field + ": " + Quote.bare(value) + " (expected: " + expected + ")");
    add(violation.build());
  }

  /** A word that is none of those a parameter takes. They are listed once for each parameter. */
  void unknownWord(String field, String word, List<String> allowed) {
    Optional<String> near = Suggestion.near(word, allowed);
    Violation.Builder violation =
        violation(ErrorReason.ERROR_REASON_INVALID_VALUE, field).setValue(Quote.beginning(word));
    near.ifPresent(violation::setSuggestion);
    boolean first = wordsTold.add(field);
    if (first) {
      violation.addAllAllowed(allowed);
    }
    String hint =
        near.map(meant -> "did you mean " + meant + "?")
            .orElseGet(() -> "expected: " + (first ? String.join(", ", allowed) : "as above"));
    add(violation.setDescription(field + ": " + Quote.text(word) + " (" + hint + ")").build());
  }

  void empty(String field) {
    add(
        violation(ErrorReason.ERROR_REASON_EMPTY_VALUE, field)
            .setValue("")
            .setDescription(field + ": empty (expected: a value, or no " + field + " at all)")
            .build());
  }

  void missing(String field) {
    add(
        violation(ErrorReason.ERROR_REASON_EMPTY_VALUE, field)
            .setDescription(field + ": missing (expected: an id)")
            .build());
  }

  /** One of two parameters is needed, and neither was given. */
  void missingFilter(String field, String other) {
    add(
        violation(ErrorReason.ERROR_REASON_MISSING_FILTER, field)
            .setDescription(field + ": missing (expected: " + field + " or " + other + ")")
            .build());
  }

  void exclusive(String field, String other) {
    add(
        violation(ErrorReason.ERROR_REASON_MUTUALLY_EXCLUSIVE, field)
            .setDescription(field + ": given together with " + other + " (expected: one of them)")
            .build());
  }

  /** Whether something was found wrong with a parameter. */
  boolean names(String field) {
    return violations.stream().anyMatch(violation -> violation.getField().equals(field));
  }

  /** Fails if anything was found. */
  void check() {
    if (!violations.isEmpty() || omitted > 0) {
      throw Errors.of(
          Violations.newBuilder().addAllViolations(violations).setOmitted(omitted).build());
    }
  }

  private static Violation.Builder violation(ErrorReason reason, String field) {
    return Violation.newBuilder().setField(field).setReason(Errors.word(reason));
  }

  private void add(Violation violation) {
    boolean room =
        violations.size() < MOST && bytes() + violation.getSerializedSize() <= MOST_BYTES;
    // One is always told, and none is long: what it shows of a value is cut.
    if (room || violations.isEmpty()) {
      violations.add(violation);
    } else {
      omitted++;
    }
  }

  private int bytes() {
    return violations.stream().mapToInt(Violation::getSerializedSize).sum();
  }
}
