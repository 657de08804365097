package dev.workflowsteps.server.encoding;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.contract.TimestampRange;
import dev.workflowsteps.contract.Utf8;

/** Tells bytes that can be read as a message of one type. Compiled once per type. */
final class MessageForm {

  /** The bytes can't be read as such a message. */
  static final long BROKEN = -1;

  private final Field[] fields;
  private final boolean time;

  /**
   * @param form of the message that it holds; null if it holds none
   */
  private record Field(int wireType, boolean text, MessageForm form) {

    boolean holds(byte[] bytes, int start, int end) {
      return text
          ? Utf8.isWellFormed(bytes, start, end)
          : form == null || form.scan(bytes, start, end) != BROKEN;
    }
  }

  private MessageForm(Field[] fields, boolean time) {
    this.fields = fields;
    this.time = time;
  }

  /**
   * @param type one that does not hold itself, with field numbers of at most 62
   */
  static MessageForm of(Descriptor type) {
    Field[] fields = new Field[Long.SIZE - 1];
    for (FieldDescriptor field : type.getFields()) {
      boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      fields[field.getNumber()] =
          new Field(
              field.getLiteType().getWireType(),
              field.getJavaType() == FieldDescriptor.JavaType.STRING,
              message ? of(field.getMessageType()) : null);
    }
    return new MessageForm(fields, type.getFullName().equals("google.protobuf.Timestamp"));
  }

  /**
   * The fields of the message, each as the bit of its number; {@link #BROKEN} if it can't be read.
   * Unknown fields, of a later version, are not looked into.
   */
  long scan(byte[] bytes, int start, int end) {
    long found = 0;
    int at = start;
    while (at < end) {
      int value = Wire.afterVarint(bytes, at, end);
      if (value == Wire.BROKEN) {
        return BROKEN;
      }
      long tag = Wire.varint(bytes, at, value);
      long number = tag >>> 3;
      if (number == 0 || tag >>> Integer.SIZE != 0) {
        return BROKEN;
      }
      Field field = number < fields.length ? fields[(int) number] : null;
      at = afterValue(field, (int) (tag & 7), bytes, value, end);
      if (at == Wire.BROKEN || (time && !isInRange(number, bytes, value, at))) {
        return BROKEN;
      }
      found |= field == null ? 0 : 1L << number;
    }
    return found;
  }

  private static int afterValue(Field field, int wireType, byte[] bytes, int at, int end) {
    if (field != null && field.wireType() != wireType) {
      return Wire.BROKEN;
    }
    return switch (wireType) {
      case WireFormat.WIRETYPE_VARINT -> Wire.afterVarint(bytes, at, end);
      case WireFormat.WIRETYPE_FIXED64 -> end - at < Long.BYTES ? Wire.BROKEN : at + Long.BYTES;
      case WireFormat.WIRETYPE_FIXED32 ->
          end - at < Integer.BYTES ? Wire.BROKEN : at + Integer.BYTES;
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> afterBytes(field, bytes, at, end);
      default -> Wire.BROKEN;
    };
  }

  private static int afterBytes(Field field, byte[] bytes, int at, int end) {
    int after = Wire.afterBytes(bytes, at, end);
    boolean whole =
        after != Wire.BROKEN
            && (field == null || field.holds(bytes, Wire.afterVarint(bytes, at, after), after));
    return whole ? after : Wire.BROKEN;
  }

  /** Whether a part of a time is in the range of RFC 3339. */
  private static boolean isInRange(long number, byte[] bytes, int at, int after) {
    if (number == Timestamp.SECONDS_FIELD_NUMBER) {
      return TimestampRange.contains(Wire.varint(bytes, at, after), 0);
    }
    return number != Timestamp.NANOS_FIELD_NUMBER
        || TimestampRange.contains(0, (int) Wire.varint(bytes, at, after));
  }
}
