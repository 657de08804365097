package dev.workflowsteps.server.grpc;

import dev.workflowsteps.server.steps.StepQuery.Anchor;
import dev.workflowsteps.server.steps.StepQuery.Side;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The fields that requests have in common: each read, and what is wrong with it noted. */
final class RequestFields {

  static final int MOST_ID_BYTES = 256;
  static final int MOST_CURSOR_BYTES = 4_096;
  static final int MOST_WORDS = 50;

  private final Findings findings;

  RequestFields(Findings findings) {
    this.findings = findings;
  }

  Optional<String> id(String field, boolean given, String value) {
    if (!given) {
      return Optional.empty();
    }
    if (value.isEmpty()) {
      findings.empty(field);
    } else if (utf8Length(value) > MOST_ID_BYTES) {
      findings.invalid(field, value, "at most " + MOST_ID_BYTES + " bytes", List.of());
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      findings.invalid(field, value, "no control characters", List.of());
    }
    return Optional.of(value);
  }

  /** In one order and without repetitions, so that a cursor fits whichever way they are given. */
  List<String> words(String field, List<String> given, List<String> known) {
    List<String> distinct = given.stream().distinct().sorted().toList();
    if (distinct.size() > MOST_WORDS) {
      String count = distinct.size() + " values";
      findings.invalid(field, count, "at most " + MOST_WORDS, List.of());
      return distinct;
    }
    for (String word : distinct) {
      if (word.isEmpty()) {
        findings.empty(field);
      } else if (!known.contains(word)) {
        findings.unknownWord(field, word, known);
      }
    }
    return distinct;
  }

  Optional<Anchor> anchor(boolean hasBefore, String before, boolean hasAfter, String after) {
    checkCursor("before", hasBefore, before);
    checkCursor("after", hasAfter, after);
    if (hasBefore && hasAfter) {
      findings.exclusive("before", "after");
    }
    if (hasBefore) {
      return Optional.of(new Anchor(Side.BEFORE, before));
    }
    return hasAfter ? Optional.of(new Anchor(Side.AFTER, after)) : Optional.empty();
  }

  int limit(boolean given, int limit, int otherwise, int most) {
    if (!given) {
      return otherwise;
    }
    if (limit < 1 || limit > most) {
      String range = "1.." + most;
      findings.invalid("limit", Integer.toString(limit), range, List.of(range));
    }
    return limit;
  }

  private void checkCursor(String field, boolean given, String value) {
    if (given && value.isEmpty()) {
      findings.empty(field);
    } else if (utf8Length(value) > MOST_CURSOR_BYTES) {
      findings.invalid(field, value, "at most " + MOST_CURSOR_BYTES + " bytes", List.of());
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      findings.invalid(field, value, "no control characters", List.of());
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
