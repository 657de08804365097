package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.contract.Words;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a request gives, as the contract reads it, and what is wrong with it. */
final class Parameters {

  private static final Map<String, List<String>> WORDS =
      Map.of(
          "order", List.of("asc", "desc"),
          "operation", Words.OPERATION.all(),
          "sort_by", List.of("started_at", "ended_at"),
          "view", List.of("full", "basic"),
          "status", Words.STATUS.all(),
          "exclude_status", Words.STATUS.all(),
          "block_type", Words.BLOCK_TYPE.all());

  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6}0*)?(Z|[+-]\\d{2}:\\d{2}))?",
          Pattern.CASE_INSENSITIVE);

  private final Kind kind;
  private final List<Code> violations = new ArrayList<>();
  private final Map<String, String> single = new HashMap<>();
  private final Map<String, Set<String>> several = new HashMap<>();

  /** Given, but of no use: what else it might say is not looked at. */
  private final Set<String> spoilt = new LinkedHashSet<>();

  private Parameters(Kind kind) {
    this.kind = kind;
  }

  /** Of a query string; empty if it cannot be read. */
  static Optional<Parameters> of(Kind kind, String query) {
    Parameters parameters = new Parameters(kind);
    Map<String, List<String>> given = new HashMap<>();
    for (String pair : query.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      String[] parts = pair.split("=", 2);
      Optional<String> name = Text.decoded(parts[0], true);
      Optional<String> value = Text.decoded(parts.length == 1 ? "" : parts[1], true);
      if (name.isEmpty() || value.isEmpty()) {
        return Optional.empty();
      }
      String plain = name.get().replaceFirst("\\[[0-9]{0,4}]$", "");
      String known = Kind.LISTS.contains(plain) ? plain : name.get();
      if (kind.has(known)) {
        given.computeIfAbsent(known, any -> new ArrayList<>()).add(value.get());
      } else {
        parameters.violations.add(Code.UNKNOWN_PARAMETER);
      }
    }
    given.forEach(parameters::take);
    return Optional.of(parameters);
  }

  /** Of a message's fields. */
  static Parameters of(Kind kind, Map<String, Object> fields) {
    Parameters parameters = new Parameters(kind);
    fields.forEach(
        (name, value) -> {
          if (value instanceof List<?> values) {
            Set<String> words = new LinkedHashSet<>();
            values.forEach(word -> words.add((String) word));
            parameters.several.put(name, words);
          } else {
            parameters.single.put(name, value.toString());
          }
        });
    return parameters;
  }

  void put(String name, String value) {
    single.put(name, value);
  }

  boolean isGiven(String name) {
    return single.containsKey(name) || spoilt.contains(name);
  }

  Map<String, String> single() {
    return single;
  }

  Map<String, Set<String>> several() {
    return several;
  }

  /** The error of all that is wrong; empty if nothing is. */
  Optional<Code> error() {
    single.forEach(this::check);
    several.forEach(this::checkWords);
    if (isGiven("before") && isGiven("after") && spoilt.stream().noneMatch(this::isCursor)) {
      violations.add(Code.MUTUALLY_EXCLUSIVE);
    }
    if (Stream.of("status", "exclude_status").allMatch(this::hasWords)) {
      violations.add(Code.MUTUALLY_EXCLUSIVE);
    }
    if (times().from() >= times().to()) {
      violations.add(Code.INVALID_VALUE);
    }
    if (kind == Kind.LIST_ARTIFACTS && !isGiven("run_id") && !isGiven("step_id")) {
      violations.add(Code.MISSING_FILTER);
    }
    if (kind.isSingle() && !isGiven(kind.idInPath())) {
      violations.add(Code.EMPTY_VALUE);
    }
    if (violations.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(violations.size() == 1 ? violations.get(0) : Code.INVALID_REQUEST);
  }

  private boolean hasWords(String name) {
    return !several.getOrDefault(name, Set.of()).isEmpty();
  }

  boolean isBasic() {
    return word("view", single.getOrDefault("view", "")).equals(Optional.of("basic"));
  }

  /** Which times the list has; without a bound where that is none. */
  Question.Times times() {
    return new Question.Times(
        word("sort_by", single.getOrDefault("sort_by", "")).equals(Optional.of("ended_at")),
        bound("from_date", 0).orElse(Long.MIN_VALUE),
        bound("to_date", 1).orElse(Long.MAX_VALUE));
  }

  /**
   * A bound in microseconds since 1970; empty if there is none.
   *
   * @param days to add to a date
   */
  private Optional<Long> bound(String name, int days) {
    String text = single.getOrDefault(name, "");
    Matcher form = TIME.matcher(text);
    if (!form.matches() || text.length() > 64) {
      return Optional.empty();
    }
    try {
      LocalDate date = LocalDate.parse(form.group(1));
      if (form.group(2) == null) {
        return Optional.of(date.plusDays(days).toEpochDay() * 86_400_000_000L);
      }
      // Its parser takes no more than nine decimals.
      String fewer = text.toUpperCase(Locale.ROOT).replaceFirst("(\\.\\d{6})0+", "$1");
      // It knows no offset above 18 hours.
      String local = fewer.replaceFirst("(Z|[+-]..:..)$", "");
      LocalDateTime time = LocalDateTime.parse(local);
      return Optional.of(
          time.toEpochSecond(ZoneOffset.UTC) * 1_000_000
              + time.getNano() / 1_000
              - 60_000_000 * minutes(fewer.substring(local.length())));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long minutes(String offset) {
    if (offset.equals("Z")) {
      return 0;
    }
    LocalTime time = LocalTime.parse(offset.substring(1));
    return (offset.startsWith("-") ? -1 : 1) * (60L * time.getHour() + time.getMinute());
  }

  private boolean isCursor(String name) {
    return name.equals("before") || name.equals("after");
  }

  private void take(String name, List<String> values) {
    if (Kind.LISTS.contains(name)) {
      words(name, values);
    } else if (values.stream().distinct().count() > 1) {
      violations.add(Code.REPEATED_PARAMETER);
      spoilt.add(name);
    } else {
      single.put(name, values.get(0));
    }
  }

  private void words(String name, List<String> values) {
    Set<String> words = new LinkedHashSet<>();
    boolean emptyList = false;
    for (String value : values) {
      boolean brackets = value.matches("(?s)\\[.*]");
      emptyList |= brackets && value.substring(1, value.length() - 1).isBlank();
      for (String word : (brackets ? value.substring(1, value.length() - 1) : value).split(",")) {
        words.add(brackets ? word.strip() : word);
      }
    }
    words.remove("");
    if (words.isEmpty() && !emptyList) {
      violations.add(Code.EMPTY_VALUE);
    }
    several.put(name, words);
  }

  private void checkWords(String name, Set<String> words) {
    if (words.size() > 50) {
      violations.add(Code.INVALID_VALUE);
      return;
    }
    for (String word : words) {
      if (word.isEmpty()) {
        violations.add(Code.EMPTY_VALUE);
      } else if (word(name, word).isEmpty()) {
        violations.add(Code.INVALID_VALUE);
      }
    }
  }

  private void check(String name, String value) {
    if (value.isEmpty()) {
      violations.add(Code.EMPTY_VALUE);
    } else if (!isValid(name, value)) {
      violations.add(Code.INVALID_VALUE);
    }
  }

  private boolean isValid(String name, String value) {
    return switch (name) {
      case "limit" ->
          value.matches("[1-9][0-9]{0,3}") && Integer.parseInt(value) <= kind.mostRows();
      case "order", "operation", "sort_by", "view" -> word(name, value).isPresent();
      case "from_date", "to_date" -> bound(name, 0).isPresent();
      case "before", "after" -> Text.utf8Length(value) <= 4_096 && isPrintable(value);
      default -> Text.utf8Length(value) <= 256 && isPrintable(value);
    };
  }

  /** The word that is meant, in whatever way a library writes it. */
  static Optional<String> word(String name, String value) {
    String word = value.substring(value.lastIndexOf('.') + 1).replace("_", "");
    return WORDS.get(name).stream()
        .filter(known -> known.replace("_", "").equalsIgnoreCase(word))
        .findFirst();
  }

  private static boolean isPrintable(String value) {
    return value.codePoints().noneMatch(c -> c < 0x20 || (c >= 0x7f && c < 0xa0));
  }
}
