package dev.workflowsteps.server.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.contract.ViolationList;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.text.DateBound;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads the fields of a request by their names, and notes what is wrong with each: the bounds and
 * the words are those of the fields' {@code values} options.
 */
final class RequestFields {

  private final Message request;
  private final ViolationList violations;

  RequestFields(Message request, ViolationList violations) {
    this.request = request;
    this.violations = violations;
  }

  /** An id or a cursor: not empty, not too long, without control characters. */
  Optional<String> text(String name) {
    FieldDescriptor field = field(name);
    if (!request.hasField(field)) {
      return Optional.empty();
    }
    String value = (String) request.getField(field);
    int maxBytes = FieldBounds.of(field).maxBytes();
    if (value.isEmpty()) {
      violations.empty(name);
    } else if (value.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      violations.invalid(name, value, "at most " + maxBytes + " bytes");
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      violations.invalid(name, value, "no control characters");
    }
    return Optional.of(value);
  }

  /** As {@link #text}, for what must be given. */
  Optional<String> requiredText(String name) {
    if (!request.hasField(field(name)) && !violations.names(name)) {
      violations.missing(name);
    }
    return text(name);
  }

  /** One of the words of the field. */
  Optional<String> word(String name) {
    FieldDescriptor field = field(name);
    return request.hasField(field)
        ? word(field, (String) request.getField(field))
        : Optional.empty();
  }

  /**
   * The constant that the field's word names.
   *
   * @param otherwise what counts if none is given
   * @throws IllegalArgumentException if the type lacks a word of the field
   */
  <E extends Enum<E>> E word(String name, E otherwise) {
    return word(name)
        .map(word -> Enum.valueOf(otherwise.getDeclaringClass(), word.toUpperCase(Locale.ROOT)))
        .orElse(otherwise);
  }

  /** In one order and without repetitions, so that a cursor fits whichever way they are given. */
  List<String> words(String name) {
    FieldDescriptor field = field(name);
    int count = request.getRepeatedFieldCount(field);
    TreeSet<String> given = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      given.add((String) request.getRepeatedField(field, i));
    }
    int maxValues = FieldBounds.of(field).maxValues();
    if (given.size() > maxValues) {
      violations.tooMany(name, given.size(), "values", maxValues);
      return List.of();
    }
    TreeSet<String> words = new TreeSet<>();
    given.forEach(word -> word(field, word).ifPresent(words::add));
    return List.copyOf(words);
  }

  /** A number within the field's bounds, or what counts if none is given. */
  int number(String name) {
    FieldDescriptor field = field(name);
    FieldBounds bounds = FieldBounds.of(field);
    if (!request.hasField(field)) {
      return bounds.otherwise();
    }
    int number = (Integer) request.getField(field);
    if (!bounds.contains(number)) {
      violations.invalidNumber(name, Integer.toString(number), bounds);
    }
    return number;
  }

  /** Where a page lies: {@code before} or {@code after} a cursor. */
  Optional<Anchor> anchor() {
    Optional<Anchor> before = text("before").map(cursor -> new Anchor(Side.BEFORE, cursor));
    Optional<Anchor> after = text("after").map(cursor -> new Anchor(Side.AFTER, cursor));
    exclusive("before", "after");
    return before.or(() -> after);
  }

  /** Only one of two fields may be given. */
  void exclusive(String name, String other) {
    if (isGiven(field(name)) && isGiven(field(other))) {
      violations.exclusive(name, other);
    }
  }

  /** The range of times that two fields bound; empty if neither is given. */
  Optional<TimeRange> times(String from, String to) {
    Optional<TimeRange> times = TimeRange.between(bound(from), bound(to));
    if (times.filter(TimeRange::isEmpty).isPresent()) {
      violations.invalid(to, (String) request.getField(field(to)), "a time after " + from);
    }
    return times;
  }

  private Optional<DateBound> bound(String name) {
    Optional<String> text = text(name);
    if (text.isEmpty() || violations.names(name)) {
      return Optional.empty();
    }
    Optional<DateBound> bound = DateBound.parse(text.get());
    if (bound.isEmpty()) {
      violations.invalid(name, text.get(), DateBound.expected(text.get()));
    }
    return bound;
  }

  private boolean isGiven(FieldDescriptor field) {
    return field.isRepeated() ? request.getRepeatedFieldCount(field) > 0 : request.hasField(field);
  }

  /** The order of a list: {@code asc} or {@code desc}, ascending if none is given. */
  Direction order() {
    return word("order").equals(Optional.of("desc")) ? Direction.DESCENDING : Direction.ASCENDING;
  }

  private Optional<String> word(FieldDescriptor field, String value) {
    if (value.isEmpty()) {
      violations.empty(field.getName());
      return Optional.empty();
    }
    Words words = Words.of(field);
    Optional<String> word = words.read(value);
    if (word.isEmpty()) {
      violations.unknownWord(field.getName(), value, words);
    }
    return word;
  }

  private FieldDescriptor field(String name) {
    return request.getDescriptorForType().findFieldByName(name);
  }
}
