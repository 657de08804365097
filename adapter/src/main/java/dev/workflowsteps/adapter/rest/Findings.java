package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.adapter.http.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.Collection;
import java.util.Optional;

/** What is wrong with the parameters of one request, bounded: the server adds its own to it. */
final class Findings {

  private static final int MOST = 10;
  private static final int MOST_SHOWN = 64;

  /** They travel as metadata, of which the server takes 8 KiB. */
  private static final int MOST_BYTES = 3_000;

  /** How keys begin. */
  private static final String KEY_PREFIX = "wfs_";

  private final Violations.Builder violations = Violations.newBuilder();
  private int bytes;
  private boolean namesTold;

  /** The value isn't told: it may be a key. Nor is a name that looks like one. */
  void unknown(String given, Collection<String> known) {
    int key = given.indexOf(KEY_PREFIX);
    String name = key < 0 ? given : given.substring(0, key + KEY_PREFIX.length()) + "…";
    Violation.Builder violation =
        violation(ErrorReason.ERROR_REASON_UNKNOWN_PARAMETER, shown(name));
    Optional<String> near = NearName.of(name, known);
    near.ifPresent(violation::setSuggestion);
    String hint =
        near.map(meant -> "did you mean " + meant + "?").orElseGet(() -> "expected: " + all(known));
    add(violation.setDescription(shown(name) + ": unknown parameter (" + hint + ")"));
  }

  /** The names are told once. */
  private String all(Collection<String> known) {
    String all = namesTold ? "as above" : "one of " + String.join(", ", known);
    namesTold = true;
    return all;
  }

  void repeated(String name) {
    add(
        violation(ErrorReason.ERROR_REASON_REPEATED_PARAMETER, name)
            .setDescription(name + ": given with different values (expected: one value)"));
  }

  void empty(String name) {
    add(
        violation(ErrorReason.ERROR_REASON_EMPTY_VALUE, name)
            .setValue("")
            .setDescription(name + ": empty (expected: a value, or no " + name + " at all)"));
  }

  void invalid(String name, String value, String expected) {
    add(
        violation(ErrorReason.ERROR_REASON_INVALID_VALUE, name)
            .setValue(shown(value))
            .addAllowed(expected)
            .setDescription(name + ": \"" + shown(value) + "\" (expected: " + expected + ")"));
  }

  Violations violations() {
    return violations.build();
  }

  private void add(Violation.Builder violation) {
    int size = violation.build().getSerializedSize();
    if (violations.getViolationsCount() < MOST && bytes + size <= MOST_BYTES) {
      violations.addViolations(violation);
      bytes += size;
    } else {
      violations.setOmitted(violations.getOmitted() + 1);
    }
  }

  private static Violation.Builder violation(ErrorReason reason, String field) {
    return Violation.newBuilder().setField(field).setReason(ErrorTable.word(reason));
  }

  private static String shown(String text) {
    return text.codePointCount(0, text.length()) <= MOST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_SHOWN)) + "…";
  }
}
