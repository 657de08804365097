package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Words;

/**
 * Why a document is rejected; nothing of it is written.
 *
 * @param field the path of what is wrong, for example {@code lifecycle.status} or {@code
 *     loop_containers[2].iteration}
 * @param reason the value and what was expected, for example {@code "done" (expected: one of
 *     pending, queued)}
 */
public record Rejection(String field, String reason) implements WriteResult {

  /** A text and what was expected in its place. */
  public static Rejection text(String field, String value, String expected) {
    return of(field, Quote.text(value), expected);
  }

  /** Something other than text, as it is to be shown, and what was expected in its place. */
  public static Rejection of(String field, String shown, String expected) {
    return new Rejection(field, shown + " (expected: " + expected + ")");
  }

  /** A text that is none of the known words. */
  public static Rejection word(String field, String value, Words known) {
    String suggestion =
        known.suggestion(value).map(near -> "; did you mean " + near + "?").orElse("");
    return text(field, value, "one of " + String.join(", ", known.all()) + suggestion);
  }

  /** The same, its field in another one. */
  public Rejection in(String parent) {
    return new Rejection(field.isEmpty() ? parent : parent + '.' + field, reason);
  }

  /** Field and reason in one sentence. */
  public String sentence() {
    return field + ": " + reason;
  }
}
