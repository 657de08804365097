package dev.workflowsteps.server.steps;

import dev.workflowsteps.contract.Quote;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Checks the fields of one document, one after the other, and keeps the first rejection. */
public final class FieldRules {

  private static final String ID = "1 to " + StepRules.MAX_ID_BYTES + " bytes of UTF-8";

  /** The range of {@code google.protobuf.Timestamp} and of RFC 3339. */
  static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private Rejection first;

  public Optional<Rejection> first() {
    return Optional.ofNullable(first);
  }

  public void reject(Rejection rejection) {
    if (first == null) {
      first = rejection;
    }
  }

  /** A name by which something is asked for. */
  public void id(String field, String value) {
    if (value.isEmpty()) {
      reject(Rejection.text(field, value, ID));
      return;
    }
    text(field, value);
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      reject(Rejection.text(field, value, "no control characters"));
    }
    int bytes = Utf8.length(value);
    if (bytes > StepRules.MAX_ID_BYTES) {
      reject(Rejection.text(field, value, ID + ", not " + bytes));
    }
  }

  public void id(String field, Optional<String> value) {
    value.ifPresent(present -> id(field, present));
  }

  /** Any text that the storage can hold and UTF-8 can carry. */
  void text(String field, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == 0) {
        reject(Rejection.text(field, value, "text without U+0000"));
        return;
      }
      if (Character.isSurrogate(c)) {
        if (!startsPair(value, i)) {
          reject(Rejection.text(field, value, "text without lone surrogates"));
          return;
        }
        i++;
      }
    }
  }

  void text(String field, Optional<String> value) {
    value.ifPresent(present -> text(field, present));
  }

  public void word(String field, String value, List<String> known) {
    if (!known.contains(value)) {
      reject(Rejection.word(field, value, known));
    }
  }

  void word(String field, Optional<String> value, List<String> known) {
    value.ifPresent(present -> word(field, present, known));
  }

  void notNegative(String field, int value) {
    if (value < 0) {
      reject(Rejection.of(field, String.valueOf(value), "0 to " + Integer.MAX_VALUE));
    }
  }

  void time(String field, Optional<Instant> value) {
    value.ifPresent(present -> time(field, present));
  }

  private void time(String field, Instant value) {
    if (value.isBefore(EARLIEST) || value.isAfter(LATEST)) {
      reject(Rejection.of(field, value.toString(), EARLIEST + " to " + LATEST));
    }
    if (!value.equals(value.truncatedTo(ChronoUnit.MICROS))) {
      reject(Rejection.of(field, value.toString(), "a time in whole microseconds"));
    }
  }

  /** Text that must be there, or must not, whatever it says. */
  void presence(String field, Optional<String> value, boolean wanted, String status) {
    if (wanted && value.isEmpty()) {
      reject(Rejection.of(field, "missing", "text, for the status is " + status));
    }
    if (!wanted) {
      absent(field, value.map(Quote::text), status);
    }
  }

  /** Something that has no place in a step of this status. */
  void absent(String field, Optional<String> shown, String status) {
    shown.ifPresent(
        present -> reject(Rejection.of(field, present, "nothing, for the status is " + status)));
  }

  void json(String field, byte[] value) {
    try {
      JsonText.check(value);
    } catch (MalformedJsonException e) {
      reject(Rejection.of(field, "malformed JSON at byte " + e.offset(), e.expected()));
    }
  }

  private static boolean startsPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
