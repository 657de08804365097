package dev.workflowsteps.server.steps;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import com.google.protobuf.WireFormat;

/** What the bytes of a message must be like to be read: made once of each type of message. */
final class MessageForm {

  /** In place of what was found: the bytes are no such message. */
  static final long BROKEN = -1;

  private static final int MAX_NANOS = 999_999_999;

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
   * The fields that the message holds, each as the bit of its number; {@link #BROKEN} if it can't
   * be read. Fields that are not known, of a later version, are not looked into.
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

  /** Whether a part of a time is one that RFC 3339 can tell. */
  private static boolean isInRange(long number, byte[] bytes, int at, int after) {
    if (number == Timestamp.SECONDS_FIELD_NUMBER) {
      long seconds = Wire.varint(bytes, at, after);
      return seconds >= FieldRules.EARLIEST.getEpochSecond()
          && seconds <= FieldRules.LATEST.getEpochSecond();
    }
    if (number == Timestamp.NANOS_FIELD_NUMBER) {
      int nanos = (int) Wire.varint(bytes, at, after);
      return nanos >= 0 && nanos <= MAX_NANOS;
    }
    return true;
  }
}
