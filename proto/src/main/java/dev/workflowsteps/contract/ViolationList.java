package dev.workflowsteps.contract;

import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Everything that is wrong with one request, collected so that its caller reads all of it at once.
 * Bounded, since a gRPC client by default rejects more than 8 KiB of headers, the details of an
 * error among them: what does not fit is only counted.
 */
public final class ViolationList {

  /** The most violations that are listed. */
  public static final int MAX_VIOLATIONS = 10;

  private static final int MAX_BYTES = 1_600;
  private static final String NAMES = "";

  private final Violations.Builder list = Violations.newBuilder();

  /** The parameters whose words were listed; {@link #NAMES} for those of the parameters. */
  private final Set<String> listed = new HashSet<>();

  private int bytes;

  /** An empty list. */
  public ViolationList() {}

  /**
   * A list that goes on from another one.
   *
   * @param earlier what the REST adapter found while it read the parameters
   */
  public ViolationList(Violations earlier) {
    earlier.getViolationsList().forEach(violation -> add(violation::toBuilder));
    list.setOmitted(list.getOmitted() + Math.max(0, earlier.getOmitted()));
  }

  /** A parameter that there is not. Its value is not shown, since it may be a key. */
  public void unknownParameter(String name, Collection<String> known) {
    add(
        () -> {
          Optional<String> near = Suggestion.near(KeyForm.masked(name), known);
          String shown = name.isEmpty() ? "\"\"" : Quote.bare(name);
          Violation.Builder violation =
              violation(ErrorReason.ERROR_REASON_UNKNOWN_PARAMETER, Quote.bare(name));
          near.ifPresent(violation::setSuggestion);
          return violation.setDescription(
              shown
                  + ": unknown parameter ("
                  + hint(near, known, near.isEmpty() && listed.add(NAMES))
                  + ")");
        });
  }

  /** A parameter that takes one value and was given several. */
  public void repeated(String field) {
    add(
        ErrorReason.ERROR_REASON_REPEATED_PARAMETER,
        field,
        "given with different values (expected: one value)");
  }

  /** A parameter, or an element of one, that is there but empty. */
  public void empty(String field) {
    add(
        () ->
            violation(ErrorReason.ERROR_REASON_EMPTY_VALUE, field)
                .setValue("")
                .setDescription(field + ": empty (expected: a value, or no " + field + " at all)"));
  }

  /** A parameter that must be there and is not. */
  public void missing(String field) {
    add(ErrorReason.ERROR_REASON_EMPTY_VALUE, field, "missing (expected: an id)");
  }

  /** One of two parameters is needed, and neither was given. */
  public void missingFilter(String field, String other) {
    String problem = "missing (expected: " + field + " or " + other + ")";
    add(ErrorReason.ERROR_REASON_MISSING_FILTER, field, problem);
  }

  /** Two parameters of which only one may be given. */
  public void exclusive(String field, String other) {
    String problem = "given together with " + other + " (expected: one of them)";
    add(ErrorReason.ERROR_REASON_MUTUALLY_EXCLUSIVE, field, problem);
  }

  /** A text that the parameter does not take. */
  public void invalid(String field, String value, String expected) {
    add(() -> invalid(field, value, Quote.text(value), expected));
  }

  /** A number that the parameter does not take, or a text in its place. */
  public void invalidNumber(String field, String value, FieldBounds bounds) {
    add(
        () ->
            (FieldBounds.isWholeNumber(value)
                    ? invalid(field, value, Quote.bare(value), bounds.range())
                    : invalid(field, value, Quote.text(value), "a whole number, " + bounds.range()))
                .addAllowed(bounds.range()));
  }

  /** More elements than the parameter takes. */
  public void tooMany(String field, int count, String unit, int most) {
    add(() -> invalid(field, count + " " + unit, count + " " + unit, "at most " + most));
  }

  /** A word that is none of those a parameter takes. They are listed once for each parameter. */
  public void unknownWord(String field, String word, Words words) {
    add(
        () -> {
          Optional<String> near = words.suggestion(word);
          Violation.Builder violation =
              violation(ErrorReason.ERROR_REASON_INVALID_VALUE, field)
                  .setValue(Quote.beginning(word));
          near.ifPresent(violation::setSuggestion);
          boolean first = listed.add(field);
          if (first) {
            violation.addAllAllowed(words.all());
          }
          return violation.setDescription(
              field + ": " + Quote.text(word) + " (" + hint(near, words.all(), first) + ")");
        });
  }

  /** A query is in logs and histories: whoever put a key there should hear of it. */
  public void key(String field) {
    add(
        () ->
            violation(ErrorReason.ERROR_REASON_INVALID_VALUE, field)
                .setValue(KeyForm.masked(KeyForm.PREFIX))
                .setDescription(
                    field
                        + ": an API key (expected: no key in a query; send it in the header"
                        + " Api-Key)"));
  }

  /** Whether something is wrong with a parameter. */
  public boolean names(String field) {
    return list.getViolationsList().stream().anyMatch(v -> v.getField().equals(field));
  }

  /** Whether nothing is wrong. */
  public boolean isEmpty() {
    return list.getViolationsCount() == 0 && list.getOmitted() == 0;
  }

  /** All of it, to send. */
  public Violations toMessage() {
    return list.build();
  }

  /** What to do instead; the known words are listed once. */
  private static String hint(Optional<String> near, Collection<String> known, boolean first) {
    if (near.isPresent()) {
      return "did you mean " + near.get() + "?";
    }
    if (known.isEmpty()) {
      return "expected: none";
    }
    return first ? "expected: one of " + String.join(", ", known) : "expected: as above";
  }

  private static Violation.Builder invalid(
      String field, String value, String shown, String expected) {
    return violation(ErrorReason.ERROR_REASON_INVALID_VALUE, field)
        .setValue(Quote.beginning(value))
        .setDescription(field + ": " + shown + " (expected: " + expected + ")");
  }

  private static Violation.Builder violation(ErrorReason reason, String field) {
    return Violation.newBuilder().setField(field).setReason(ErrorTable.word(reason));
  }

  private void add(ErrorReason reason, String field, String problem) {
    add(() -> violation(reason, field).setDescription(field + ": " + problem));
  }

  /** Once one does not fit, the others are only counted: a query may hold thousands of them. */
  private void add(Supplier<Violation.Builder> made) {
    if (list.getOmitted() > 0 || !fits(made.get().build())) {
      list.setOmitted(list.getOmitted() + 1);
    }
  }

  /** The first of our own always fits, since what it shows of a value is cut. */
  private boolean fits(Violation violation) {
    int size = violation.getSerializedSize();
    if (list.getViolationsCount() == MAX_VIOLATIONS || bytes + size > MAX_BYTES) {
      return false;
    }
    list.addViolations(violation);
    bytes += size;
    return true;
  }
}
