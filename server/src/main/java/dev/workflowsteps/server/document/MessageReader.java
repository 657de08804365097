package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
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
 * Turns JSON objects into messages of one type. The keys are the names of the type's fields, except
 * those that only the server sets. Compiled once per type.
 *
 * <p>Writes the encoding of the message, which its generated parser reads: setting fields by their
 * descriptors takes several times as long.
 */
final class MessageReader {

  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final int NO_FIELD = -1;
  private static final int MAP_KEY = 1;
  private static final int MAP_VALUE = 2;

  private final Keys keys;
  private final Field[] fields;

  /** The fields that must be given, as the bits of their indices. */
  private final long required;

  /** The index of the field on whose word JSON text of this type depends, or {@link #NO_FIELD}. */
  private final int deciding;

  private enum Kind {
    TEXT,
    INTEGER,
    BOOL,
    TIME,
    JSON,
    MESSAGE
  }

  /**
   * @param nullable whether a null is the same as an absent key
   * @param reader of a message; null for other kinds
   * @param presence when the field is given, if it is JSON text and that depends on another field
   */
  private record Field(
      FieldDescriptor descriptor,
      int number,
      Kind kind,
      boolean isMap,
      boolean isRepeated,
      boolean nullable,
      MessageReader reader,
      Optional<Presence> presence) {

    static Field of(FieldDescriptor field) {
      FieldDescriptor value =
          field.isMapField() ? field.getMessageType().findFieldByNumber(MAP_VALUE) : field;
      Kind kind = kindOf(value);
      return new Field(
          field,
          field.getNumber(),
          kind,
          field.isMapField(),
          field.isRepeated(),
          field.isRepeated() || (kind != Kind.JSON && !Expected.isRequired(field)),
          kind == Kind.MESSAGE ? MessageReader.of(value.getMessageType()) : null,
          kind == Kind.JSON ? Presence.of(field) : Optional.empty());
    }
  }

  private MessageReader(Keys keys, Field[] fields, long required, int deciding) {
    this.keys = keys;
    this.fields = fields;
    this.required = required;
    this.deciding = deciding;
  }

  /**
   * @param type one that does not contain itself
   * @param others keys that an object may have beside the fields of the type
   */
  static MessageReader of(Descriptor type, String... others) {
    List<FieldDescriptor> given =
        type.getFields().stream().sorted().filter(field -> !Expected.isOutputOnly(field)).toList();
    Field[] fields = given.stream().map(Field::of).toArray(Field[]::new);
    long required = 0;
    int deciding = NO_FIELD;
    for (int i = 0; i < fields.length; i++) {
      required |= Expected.isRequired(given.get(i)) ? 1L << i : 0;
      deciding = fields[i].presence().map(Presence::dependsOn).map(given::indexOf).orElse(deciding);
    }
    List<String> names =
        Stream.concat(given.stream().map(FieldDescriptor::getName), Stream.of(others)).toList();
    return new MessageReader(new Keys(names), fields, required, deciding);
  }

  private static Kind kindOf(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> Kind.TEXT;
      case INT -> Kind.INTEGER;
      case BOOLEAN -> Kind.BOOL;
      case MESSAGE -> Expected.isTime(field.getMessageType()) ? Kind.TIME : Kind.MESSAGE;
      case BYTE_STRING -> {
        if (!field.getOptions().getExtension(OptionsProto.json).getRaw()) {
          throw new IllegalArgumentException(field.getFullName() + ": bytes (expected: raw JSON)");
        }
        yield Kind.JSON;
      }
      default -> throw new IllegalArgumentException(field.getFullName() + ": no form in JSON");
    };
  }

  /** Takes the members that are no fields. */
  @FunctionalInterface
  interface Others {
    void take(JsonCursor in) throws MalformedJsonException, RejectedDocumentException;
  }

  /** Takes the object that comes next and writes it as a message. */
  void read(JsonCursor in, Others others, WireBuffer out)
      throws MalformedJsonException, RejectedDocumentException {
    long given = 0;
    long nulls = 0;
    String word = "";
    in.beginObject();
    for (int key = in.nextKey(keys, given); key >= 0; key = in.nextKey(keys, given)) {
      given |= 1L << key;
      if (key >= fields.length) {
        others.take(in);
      } else if (key == deciding) {
        word = in.text();
        write(fields[key].number(), word, out);
      } else if (fields[key].presence().isPresent() && in.takeNull()) {
        nulls |= 1L << key;
      } else {
        readField(in, fields[key], out);
      }
    }
    requireAll(in, given);
    for (; nulls != 0; nulls &= nulls - 1) {
      // A null is JSON text too, but means absent where the field has no place.
      Field field = fields[Long.numberOfTrailingZeros(nulls)];
      if (field.presence().get().isAllowed(word)) {
        out.bytes(field.number(), NULL, 0, NULL.length);
      }
    }
  }

  private void requireAll(JsonCursor in, long given) throws RejectedDocumentException {
    long missing = required & ~given;
    if (missing != 0) {
      FieldDescriptor first = fields[Long.numberOfTrailingZeros(missing)].descriptor();
      throw new RejectedDocumentException(
          Rejection.of(in.pathOf(first.getName()), "missing", Expected.of(first)));
    }
  }

  private static void readField(JsonCursor in, Field field, WireBuffer out)
      throws MalformedJsonException, RejectedDocumentException {
    if (field.nullable() && in.takeNull()) {
      return;
    }
    if (field.isMap()) {
      readMap(in, field, out);
    } else if (field.isRepeated()) {
      in.beginArray();
      while (in.nextItem()) {
        readValue(in, field, field.number(), out);
      }
    } else {
      readValue(in, field, field.number(), out);
    }
  }

  private static void readMap(JsonCursor in, Field field, WireBuffer out)
      throws MalformedJsonException, RejectedDocumentException {
    Set<String> names = new HashSet<>();
    in.beginObject();
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      int entry = out.begin(field.number());
      write(MAP_KEY, name, out);
      readValue(in, field, MAP_VALUE, out);
      out.end(entry);
      if (!names.add(name)) {
        throw new RejectedDocumentException(Rejection.of(in.path(), "given twice", "once"));
      }
    }
  }

  private static void readValue(JsonCursor in, Field field, int number, WireBuffer out)
      throws MalformedJsonException, RejectedDocumentException {
    switch (field.kind()) {
      case TEXT -> in.text(number, out);
      case INTEGER -> out.number(number, in.integer());
      case BOOL -> out.number(number, in.bool() ? 1 : 0);
      case TIME -> write(number, in.time(), out);
      case JSON -> in.raw(number, out);
      case MESSAGE -> {
        int message = out.begin(number);
        field.reader().read(in, others -> {}, out);
        out.end(message);
      }
    }
  }

  private static void write(int number, String text, WireBuffer out) {
    byte[] bytes = text.getBytes(UTF_8);
    out.bytes(number, bytes, 0, bytes.length);
  }

  private static void write(int number, Instant time, WireBuffer out) {
    int message = out.begin(number);
    out.number(Timestamp.SECONDS_FIELD_NUMBER, time.getEpochSecond());
    out.number(Timestamp.NANOS_FIELD_NUMBER, time.getNano());
    out.end(message);
  }
}
