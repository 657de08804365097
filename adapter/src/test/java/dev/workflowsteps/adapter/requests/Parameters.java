package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.contract.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a request gives, as the contract reads it, and what is wrong with it. */
final class Parameters {

  private static final Map<String, List<String>> WORDS =
      Map.of(
          "order", List.of("asc", "desc"),
          "operation", Words.OPERATION.all(),
          "status", Words.STATUS.all(),
          "block_type", Words.BLOCK_TYPE.all());

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
    if (kind == Kind.LIST_ARTIFACTS && !isGiven("run_id") && !isGiven("step_id")) {
      violations.add(Code.MISSING_FILTER);
    }
    if (!kind.isList() && !isGiven(kind.idInPath())) {
      violations.add(Code.EMPTY_VALUE);
    }
    if (violations.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(violations.size() == 1 ? violations.get(0) : Code.INVALID_REQUEST);
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
      case "order", "operation" -> word(name, value).isPresent();
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
