package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.adapter.http.ErrorTable;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What is wrong with the parameters of one request, bounded: the server adds its own to it. */
final class Findings {

  private static final int MOST = 10;
  private static final int MOST_SHOWN = 64;

  /** They travel as metadata, of which the server takes 8 KiB. */
  private static final int MOST_BYTES = 3_000;

  /** How keys begin. */
  private static final String KEY_PREFIX = "wfs_";

  private static final Pattern KEY = Pattern.compile("wfs_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Violations.Builder violations = Violations.newBuilder();
  private int bytes;
  private boolean full;
  private boolean namesTold;

  /** The value isn't told: it may be a key. Nor is a name that looks like one. */
  void unknown(String given, Collection<String> known) {
    add(() -> unknownParameter(withoutKey(given), known));
  }

  private Violation.Builder unknownParameter(String name, Collection<String> known) {
    Violation.Builder violation =
        violation(ErrorReason.ERROR_REASON_UNKNOWN_PARAMETER, shown(name));
    Optional<String> near = NearName.of(name, known);
    near.ifPresent(violation::setSuggestion);
    String hint =
        near.map(meant -> "did you mean " + meant + "?").orElseGet(() -> "expected: " + all(known));
    String shown = name.isEmpty() ? "\"\"" : shown(name);
    return violation.setDescription(shown + ": unknown parameter (" + hint + ")");
  }

  /** The names are told once. */
  private String all(Collection<String> known) {
    if (known.isEmpty()) {
      return "none";
    }
    String all = namesTold ? "as above" : "one of " + String.join(", ", known);
    namesTold = true;
    return all;
  }

  void repeated(String name) {
    add(
        () ->
            violation(ErrorReason.ERROR_REASON_REPEATED_PARAMETER, name)
                .setDescription(name + ": given with different values (expected: one value)"));
  }

  void empty(String name) {
    add(
        () ->
            violation(ErrorReason.ERROR_REASON_EMPTY_VALUE, name)
                .setValue("")
                .setDescription(name + ": empty (expected: a value, or no " + name + " at all)"));
  }

  void invalid(String name, String given, String expected) {
    add(
        () -> {
          String value = withoutKey(given);
          return violation(ErrorReason.ERROR_REASON_INVALID_VALUE, name)
              .setValue(beginning(value))
              .addAllowed(expected)
              .setDescription(name + ": \"" + shown(value) + "\" (expected: " + expected + ")");
        });
  }

  /** A query is in logs and histories: whoever put a key there should hear of it. */
  void key(String name) {
    add(
        () ->
            violation(ErrorReason.ERROR_REASON_INVALID_VALUE, name)
                .setValue(KEY_PREFIX + "…")
                .setDescription(
                    name
                        + ": an API key (expected: no key in a query, but in the header Api-Key)"));
  }

  Violations violations() {
    return violations.build();
  }

  /** Once one didn't fit the others are only counted: a query may hold thousands of them. */
  private void add(Supplier<Violation.Builder> made) {
    if (full || !fits(made.get().build())) {
      full = true;
      violations.setOmitted(violations.getOmitted() + 1);
    }
  }

  private boolean fits(Violation violation) {
    int size = violation.getSerializedSize();
    if (violations.getViolationsCount() == MOST || bytes + size > MOST_BYTES) {
      return false;
    }
    violations.addViolations(violation);
    bytes += size;
    return true;
  }

  /** Whether a whole key is in it. */
  static boolean holdsKey(String text) {
    return text.contains(KEY_PREFIX) && KEY.matcher(text).find();
  }

  private static String withoutKey(String text) {
    int key = text.indexOf(KEY_PREFIX);
    return key < 0 ? text : text.substring(0, key + KEY_PREFIX.length()) + "…";
  }

  private static Violation.Builder violation(ErrorReason reason, String field) {
    return Violation.newBuilder().setField(field).setReason(ErrorTable.word(reason));
  }

  private static String shown(String text) {
    String beginning = beginning(text);
    String cut = beginning.length() == text.length() ? text : beginning + "…";
    return CONTROL
        .matcher(cut)
        .replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
  }

  private static String beginning(String text) {
    return text.codePointCount(0, text.length()) <= MOST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_SHOWN));
  }
}
