package dev.workflowsteps.server.steps;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.contract.FieldBounds;
import dev.workflowsteps.contract.Presence;
import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.TimestampRange;
import dev.workflowsteps.proto.v1.JsonOptions;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.server.text.JsonText;
import dev.workflowsteps.server.text.MalformedJsonException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks messages of one type by the options beside their fields in the {@code .proto}, and rejects
 * fields that the type does not have. Compiled once per type. Every method returns the first
 * violation, its field relative to what was checked; empty if there is none.
 */
public final class MessageValidator {

  /** The keys of a map are any text. */
  private static final TextValidator KEY = TextValidator.ofAnyText();

  private final List<Field> fields;

  /** The field whose word decides which others are given; null if there is none. */
  private final Field deciding;

  /** Checks one value of a field. */
  @FunctionalInterface
  private interface ValueValidator {
    Optional<Rejection> check(Object value);
  }

  private MessageValidator(List<Field> fields) {
    this.fields = fields;
    Optional<FieldDescriptor> dependsOn =
        fields.stream()
            .flatMap(field -> field.presence().stream())
            .map(Presence::dependsOn)
            .findFirst();
    this.deciding =
        fields.stream()
            .filter(field -> dependsOn.filter(field.descriptor()::equals).isPresent())
            .findFirst()
            .orElse(null);
  }

  /**
   * The rules of a type.
   *
   * @param type any message of it; one that does not contain itself, with at most one field that
   *     others depend on
   */
  public static MessageValidator of(Message type) {
    return new MessageValidator(
        type.getDescriptorForType().getFields().stream()
            .sorted()
            .map(field -> Field.of(type, field))
            .toList());
  }

  /** The first violation, in the order of the fields. */
  public Optional<Rejection> check(Message message) {
    if (!message.getUnknownFields().isEmpty()) {
      return rejectedUnknown(message);
    }
    String word = deciding == null ? "" : (String) deciding.value(message);
    for (Field field : fields) {
      Optional<Rejection> rejection = field.check(message, word);
      if (rejection.isPresent()) {
        return rejection;
      }
    }
    return Optional.empty();
  }

  private static Optional<Rejection> rejectedUnknown(Message message) {
    int number = message.getUnknownFields().asMap().keySet().iterator().next();
    return rejected("field number " + number, "only fields of this version's contract");
  }

  private static Optional<Rejection> rejected(String shown, String expected) {
    return Optional.of(Rejection.of("", shown, expected));
  }

  /**
   * One field of the type.
   *
   * @param isSet null if the field has no presence
   * @param expected what the field holds, for a rejection that says it is missing
   */
  private record Field(
      FieldDescriptor descriptor,
      Function<Message, Object> getter,
      Function<Message, Object> isSet,
      boolean isMap,
      boolean isRepeated,
      Optional<Presence> presence,
      boolean required,
      boolean outputOnly,
      String expected,
      ValueValidator validator) {

    static Field of(Message type, FieldDescriptor field) {
      return new Field(
          field,
          FieldAccess.value(type.getClass(), field),
          field.hasPresence() ? FieldAccess.isSet(type.getClass(), field) : null,
          field.isMapField(),
          field.isRepeated(),
          Presence.of(field),
          Expected.isRequired(field),
          Expected.isOutputOnly(field),
          Expected.of(field),
          ofField(type, field));
    }

    private static ValueValidator ofField(Message type, FieldDescriptor field) {
      if (!field.isMapField()) {
        return MessageValidator.validator(type.newBuilderForType(), field);
      }
      return MessageValidator.validator(
          type.newBuilderForType().newBuilderForField(field),
          field.getMessageType().findFieldByNumber(2));
    }

    Object value(Message message) {
      return getter.apply(message);
    }

    Optional<Rejection> check(Message message, String word) {
      boolean given = isSet == null || (Boolean) isSet.apply(message);
      Optional<Rejection> presence = checkPresence(message, given, word);
      if (presence.isPresent()) {
        return in(descriptor.getName(), presence);
      }
      return given ? checkValues(value(message)) : Optional.empty();
    }

    private Optional<Rejection> checkPresence(Message message, boolean given, String word) {
      if (outputOnly) {
        return given ? rejected("given", "nothing; only the server sets it") : Optional.empty();
      }
      if (presence.isPresent()) {
        FieldDescriptor dependsOn = presence.get().dependsOn();
        if (!given && presence.get().isRequired(word)) {
          return rejected("missing", expected + when(dependsOn, word));
        }
        if (given && !presence.get().isAllowed(word)) {
          return rejected(shown(message), "nothing" + when(dependsOn, word));
        }
      }
      return required && !given ? rejected("missing", expected) : Optional.empty();
    }

    private static String when(FieldDescriptor dependsOn, String word) {
      return " when " + dependsOn.getName() + " is " + Quote.bare(word);
    }

    private String shown(Message message) {
      return descriptor.getJavaType() == FieldDescriptor.JavaType.STRING
          ? Quote.text((String) value(message))
          : "given";
    }

    private Optional<Rejection> checkValues(Object values) {
      if (isMap) {
        return checkEntries((Map<?, ?>) values);
      }
      return isRepeated
          ? checkItems((List<?>) values)
          : in(descriptor.getName(), validator.check(values));
    }

    private Optional<Rejection> checkItems(List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        Optional<Rejection> rejection = validator.check(items.get(i));
        if (rejection.isPresent()) {
          return in(descriptor.getName() + '[' + i + ']', rejection);
        }
      }
      return Optional.empty();
    }

    private Optional<Rejection> checkEntries(Map<?, ?> entries) {
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        String key = (String) entry.getKey();
        Optional<Rejection> rejection = KEY.check(key);
        if (rejection.isEmpty()) {
          rejection = validator.check(entry.getValue());
        }
        if (rejection.isPresent()) {
          return in(descriptor.getName() + '.' + Quote.bare(key), rejection);
        }
      }
      return Optional.empty();
    }

    private static Optional<Rejection> in(String parent, Optional<Rejection> rejection) {
      return rejection.isEmpty() ? rejection : rejection.map(first -> first.in(parent));
    }
  }

  private static ValueValidator validator(Message.Builder parent, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> {
        TextValidator text = TextValidator.of(field);
        yield value -> text.check((String) value);
      }
      case INT -> {
        FieldBounds bounds = FieldBounds.of(field);
        yield value -> checkNumber((Integer) value, bounds);
      }
      case BOOLEAN -> value -> Optional.empty();
      case BYTE_STRING -> json(field);
      case MESSAGE -> {
        if (Expected.isTime(field.getMessageType())) {
          yield value -> checkTime((Message) value);
        }
        MessageValidator message = of(parent.newBuilderForField(field).build());
        yield value -> message.check((Message) value);
      }
      default -> throw new IllegalArgumentException(field.getFullName() + ": no rule for its type");
    };
  }

  private static Optional<Rejection> checkNumber(int value, FieldBounds bounds) {
    return bounds.contains(value)
        ? Optional.empty()
        : rejected(String.valueOf(value), bounds.min() + " to " + bounds.max());
  }

  private static ValueValidator json(FieldDescriptor field) {
    JsonOptions options = field.getOptions().getExtension(OptionsProto.json);
    int most = FieldBounds.of(field).maxBytes();
    return value -> checkJson((ByteString) value, most, options.getObject());
  }

  private static Optional<Rejection> checkJson(ByteString json, int most, boolean object) {
    if (json.size() > most) {
      return rejected(json.size() + " bytes", "at most " + most);
    }
    byte[] bytes = json.toByteArray();
    try {
      JsonText.check(bytes);
    } catch (MalformedJsonException e) {
      return rejected("malformed JSON at byte " + e.offset(), e.expected());
    }
    byte first = bytes[JsonText.skipSpace(bytes, 0, bytes.length)];
    return object && first != '{' && first != 'n'
        ? rejected("JSON of another type", "a JSON object or null")
        : Optional.empty();
  }

  private static Optional<Rejection> checkTime(Message message) {
    if (!message.getUnknownFields().isEmpty()) {
      return rejectedUnknown(message);
    }
    if (message instanceof Timestamp time) {
      return checkTime(time.getSeconds(), time.getNanos());
    }
    return checkTime(
        number(message, Timestamp.SECONDS_FIELD_NUMBER),
        (int) number(message, Timestamp.NANOS_FIELD_NUMBER));
  }

  private static Optional<Rejection> checkTime(long seconds, int nanos) {
    if (!TimestampRange.contains(seconds, nanos)) {
      return rejected(shown(seconds, nanos), TimestampRange.MIN + " to " + TimestampRange.MAX);
    }
    return nanos % 1_000 == 0
        ? Optional.empty()
        : rejected(shown(seconds, nanos), "a time in whole microseconds");
  }

  private static long number(Message message, int field) {
    Object value = message.getField(message.getDescriptorForType().findFieldByNumber(field));
    return ((Number) value).longValue();
  }

  private static String shown(long seconds, int nanos) {
    boolean isInstant =
        nanos >= 0
            && nanos <= TimestampRange.MAX_NANOS
            && seconds >= Instant.MIN.getEpochSecond()
            && seconds <= Instant.MAX.getEpochSecond();
    return isInstant
        ? Instant.ofEpochSecond(seconds, nanos).toString()
        : seconds + " s and " + nanos + " ns";
  }
}
