package dev.workflowsteps.server.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.contract.Presence;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.server.steps.Expected;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.text.MalformedJsonException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads messages of one type from JSON objects, whose keys are the names of the type's fields, but
 * for those that only the server sets. Compiled once per type.
 */
final class MessageReader {

  private static final ByteString NULL = ByteString.copyFromUtf8("null");

  private final Message prototype;
  private final Keys keys;
  private final Field[] fields;

  /** The fields that must be given, as the bits of their indices. */
  private final long required;

  private enum Kind {
    TEXT,
    INTEGER,
    BOOL,
    TIME,
    RAW,
    MESSAGE
  }

  /**
   * @param nullable whether a null is the same as an absent key
   * @param reader of a message; null for other kinds
   * @param entry of a map, without key and value; null if the field is no map
   * @param presence when the field is given, if it is JSON text and that depends on another field
   */
  private record Field(
      FieldDescriptor descriptor,
      Kind kind,
      boolean nullable,
      MessageReader reader,
      Message entry,
      Optional<Presence> presence) {}

  private MessageReader(Message prototype, Keys keys, Field[] fields, long required) {
    this.prototype = prototype;
    this.keys = keys;
    this.fields = fields;
    this.required = required;
  }

  /**
   * @param prototype the default instance of a type that does not contain itself
   * @param others keys that an object may have beside the fields of the type
   */
  static MessageReader of(Message prototype, String... others) {
    List<FieldDescriptor> types =
        prototype.getDescriptorForType().getFields().stream()
            .sorted()
            .filter(field -> !Expected.isOutputOnly(field))
            .toList();
    Field[] fields = types.stream().map(type -> field(prototype, type)).toArray(Field[]::new);
    long required = 0;
    for (int i = 0; i < fields.length; i++) {
      required |= Expected.isRequired(types.get(i)) ? 1L << i : 0;
    }
    Keys keys =
        Keys.of(
            Stream.concat(types.stream().map(FieldDescriptor::getName), Stream.of(others))
                .toList());
    return new MessageReader(prototype, keys, fields, required);
  }

  private static Field field(Message prototype, FieldDescriptor type) {
    Message.Builder builder = prototype.newBuilderForType();
    Message entry = null;
    FieldDescriptor value = type;
    if (type.isMapField()) {
      builder = builder.newBuilderForField(type);
      entry = builder.buildPartial();
      value = type.getMessageType().findFieldByNumber(2);
    }
    Kind kind = kind(value);
    return new Field(
        type,
        kind,
        type.isRepeated() || (kind != Kind.RAW && !Expected.isRequired(type)),
        kind == Kind.MESSAGE ? of(builder.newBuilderForField(value).buildPartial()) : null,
        entry,
        kind == Kind.RAW ? Presence.of(type) : Optional.empty());
  }

  private static Kind kind(FieldDescriptor type) {
    return switch (type.getJavaType()) {
      case STRING -> Kind.TEXT;
      case INT -> Kind.INTEGER;
      case BOOLEAN -> Kind.BOOL;
      case MESSAGE -> isTime(type.getMessageType()) ? Kind.TIME : Kind.MESSAGE;
      case BYTE_STRING -> {
        if (!type.getOptions().getExtension(OptionsProto.json).getRaw()) {
          throw new IllegalArgumentException(type.getFullName() + ": bytes (expected: raw JSON)");
        }
        yield Kind.RAW;
      }
      default -> throw new IllegalArgumentException(type.getFullName() + ": no form in JSON");
    };
  }

  private static boolean isTime(Descriptor type) {
    return type.getFullName().equals(Timestamp.getDescriptor().getFullName());
  }

  /** Takes the members that are no fields. */
  @FunctionalInterface
  interface Others {
    void take(JsonCursor in) throws MalformedJsonException, RejectedDocumentException;
  }

  /** Reads the object that comes next. */
  Message read(JsonCursor in, Others others)
      throws MalformedJsonException, RejectedDocumentException {
    Message.Builder builder = prototype.newBuilderForType();
    long given = 0;
    in.beginObject();
    for (int key = in.nextKey(keys, given); key >= 0; key = in.nextKey(keys, given)) {
      given |= 1L << key;
      if (key < fields.length) {
        read(in, fields[key], builder);
      } else {
        others.take(in);
      }
    }
    long missing = required & ~given;
    if (missing != 0) {
      FieldDescriptor first = fields[Long.numberOfTrailingZeros(missing)].descriptor();
      throw new RejectedDocumentException(
          Rejection.of(in.pathOf(first.getName()), "missing", Expected.of(first)));
    }
    clearNulls(builder);
    return builder.build();
  }

  private Message read(JsonCursor in) throws MalformedJsonException, RejectedDocumentException {
    return read(in, others -> {});
  }

  private static void read(JsonCursor in, Field field, Message.Builder builder)
      throws MalformedJsonException, RejectedDocumentException {
    if (field.nullable() && in.takeNull()) {
      return;
    }
    if (field.entry() != null) {
      readMap(in, field, builder);
    } else if (field.descriptor().isRepeated()) {
      in.beginArray();
      while (in.nextItem()) {
        builder.addRepeatedField(field.descriptor(), value(in, field));
      }
    } else {
      builder.setField(field.descriptor(), value(in, field));
    }
  }

  private static void readMap(JsonCursor in, Field field, Message.Builder builder)
      throws MalformedJsonException, RejectedDocumentException {
    List<FieldDescriptor> parts = field.descriptor().getMessageType().getFields();
    Set<String> names = new HashSet<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      Object value = value(in, field);
      if (!names.add(name)) {
        throw new RejectedDocumentException(Rejection.of(in.path(), "given twice", "once"));
      }
      Message.Builder entry = field.entry().newBuilderForType();
      entry.setField(parts.get(0), name);
      entry.setField(parts.get(1), value);
      builder.addRepeatedField(field.descriptor(), entry.build());
    }
  }

  private static Object value(JsonCursor in, Field field)
      throws MalformedJsonException, RejectedDocumentException {
    return switch (field.kind()) {
      case TEXT -> in.text();
      case INTEGER -> in.integer();
      case BOOL -> in.bool();
      case TIME -> timestamp(Members.time(in));
      case RAW -> UnsafeByteOperations.unsafeWrap(in.raw());
      case MESSAGE -> field.reader().read(in);
    };
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  /** A null is JSON text too, but not where the field has no place. */
  private void clearNulls(Message.Builder builder) {
    for (Field field : fields) {
      if (field.presence().isPresent() && builder.hasField(field.descriptor())) {
        Presence presence = field.presence().get();
        boolean isAllowed = presence.isAllowed((String) builder.getField(presence.dependsOn()));
        if (!isAllowed && builder.getField(field.descriptor()).equals(NULL)) {
          builder.clearField(field.descriptor());
        }
      }
    }
  }
}
