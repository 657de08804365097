package dev.workflowsteps.server.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.contract.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Tells from the bytes of a request message what it costs to parse it, before anything is built:
 * two bytes can become hundreds. Compiled once per type. A payload is not looked into, and nothing
 * is allocated but the answer.
 *
 * <p>The figures are those of protobuf-java, with 4-byte references. Each is what one element may
 * cost at most, its share of lists and maps that grow included, so the estimate is never too low
 * and for usual messages about twice too high.
 */
final class MessageCost {

  /** As deep as protobuf parses. */
  private static final int MAX_DEPTH = 100;

  private static final int WORD_BYTES = 8;
  private static final int OBJECT_BYTES = 16;
  private static final int REFERENCE_BYTES = 4;

  /** A message without fields, and its builder. */
  private static final int MESSAGE_BYTES = 32 + 40;

  /** What keeps the builder of a nested message. */
  private static final int NESTED_BYTES = 48;

  /** A list that grows for one element. */
  private static final int ELEMENT_BYTES = 136;

  /** An entry that is parsed, put into a map, and into the map's copy. */
  private static final int MAP_ENTRY_BYTES = 520;

  /** A view of the message's bytes. */
  private static final int VIEW_BYTES = 32;

  private static final int STRING_BYTES = 24 + OBJECT_BYTES + WORD_BYTES;

  /** A text that is not ASCII is decoded into larger and larger arrays. */
  private static final int NON_ASCII_FACTOR = 5;

  /** protobuf encodes a text with U+FFFD again, to learn whether it stood there. */
  private static final int REPLACEMENT_FACTOR = 11;

  /** The trees, builders and lists of a message with one field that it does not know. */
  private static final int UNKNOWN_BYTES = 640;

  /** Far more than any budget, far less than a number that overflows. */
  private static final long MAX_COPIED_BYTES = 1L << 60;

  private final Type type;

  private MessageCost(Type type) {
    this.type = type;
  }

  /** The costs of messages of a type. */
  static MessageCost of(Descriptor type) {
    return new MessageCost(Type.of(type, new HashMap<>()));
  }

  /**
   * What parsing a message takes.
   *
   * @param readable whether it may be a message of the type; if not, it surely is none, no parser
   *     needs to be asked, and the other values say how far the scan came
   * @param heapBytes the most that the parser allocates, the bytes of the message itself not
   *     included: {@code bytes} fields share those
   * @param documents the elements of the message's own repeated messages and {@code bytes}
   * @param unknownField the lowest number of the message's own fields that the type does not have
   */
  record Estimate(boolean readable, long heapBytes, int documents, OptionalInt unknownField) {}

  /** What parsing this message takes, whatever bytes it has. */
  Estimate estimate(byte[] message) {
    Scan scan = new Scan(message);
    boolean readable = scan.fields(type, message.length, 0, 0);
    return new Estimate(
        readable,
        type.bytes + scan.built + scan.copied,
        scan.documents,
        scan.unknown == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(scan.unknown));
  }

  private enum Kind {
    NUMBER,
    TEXT,
    BYTES,
    MESSAGE
  }

  /**
   * @param bytes that each occurrence costs, beside those by its length
   * @param type of the message that it holds; null if it holds none
   */
  private record Field(Kind kind, int wireType, boolean repeated, long bytes, Type type) {

    static Field of(FieldDescriptor field, Map<Descriptor, Type> known) {
      Kind kind =
          switch (field.getJavaType()) {
            case STRING -> Kind.TEXT;
            case BYTE_STRING -> Kind.BYTES;
            case MESSAGE -> Kind.MESSAGE;
            default -> Kind.NUMBER;
          };
      Type type = kind == Kind.MESSAGE ? Type.of(field.getMessageType(), known) : null;
      long bytes =
          switch (kind) {
            case NUMBER -> field.getContainingType().getOptions().getMapEntry() ? OBJECT_BYTES : 0;
            case TEXT -> STRING_BYTES;
            case BYTES -> VIEW_BYTES;
            case MESSAGE -> field.isMapField() ? MAP_ENTRY_BYTES : type.bytes + NESTED_BYTES;
          };
      return new Field(
          kind,
          field.getLiteType().getWireType(),
          field.isRepeated(),
          field.isRepeated() && !field.isMapField() ? bytes + ELEMENT_BYTES : bytes,
          type);
    }

    boolean isDocument() {
      return repeated && (kind == Kind.MESSAGE || kind == Kind.BYTES);
    }

    boolean isPacked(int given) {
      return repeated && kind == Kind.NUMBER && given == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    boolean takes(int given) {
      return given == wireType || isPacked(given);
    }
  }

  /** A message type; with the bytes of a message without contents. */
  private static final class Type {

    /** Inside of what nobody knows, nothing is known. */
    static final Type UNKNOWN = new Type(0, false, 0);

    final Field[] fields;
    final boolean mapEntry;
    final long bytes;

    private Type(int fields, boolean mapEntry, long bytes) {
      this.fields = new Field[fields];
      this.mapEntry = mapEntry;
      this.bytes = bytes;
    }

    static Type of(Descriptor message, Map<Descriptor, Type> known) {
      Type before = known.get(message);
      if (before != null) {
        return before;
      }
      long bytes = MESSAGE_BYTES;
      int last = 0;
      for (FieldDescriptor field : message.getFields()) {
        // In the message and in its builder, which also has the builder of a nested message.
        bytes += 2 * fieldBytes(field) + REFERENCE_BYTES;
        last = Math.max(last, field.getNumber());
      }
      Type type = new Type(last + 1, message.getOptions().getMapEntry(), bytes);
      known.put(message, type);
      for (FieldDescriptor field : message.getFields()) {
        type.fields[field.getNumber()] = Field.of(field, known);
      }
      return type;
    }

    private static int fieldBytes(FieldDescriptor field) {
      boolean wide =
          switch (field.getJavaType()) {
            case LONG, DOUBLE -> !field.isRepeated();
            default -> false;
          };
      return wide ? WORD_BYTES : REFERENCE_BYTES;
    }

    Field field(int number) {
      return number < fields.length ? fields[number] : null;
    }
  }

  /** One way through the bytes of a message. Goes at least as far as the parser would. */
  private static final class Scan {

    private static final long BROKEN = -1;
    private static final int MAX_VARINT_BYTES = 10;
    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final byte[] bytes;
    private int at;
    private long built;
    private long copied;
    private int documents;
    private int unknown = Integer.MAX_VALUE;

    Scan(byte[] bytes) {
      this.bytes = bytes;
    }

    /**
     * Scans the fields of a message or a group, and returns false where neither is.
     *
     * @param group the number of the group; 0 for a message
     */
    boolean fields(Type type, int end, int group, int depth) {
      long before = built;
      boolean valued = false;
      while (at < end) {
        long tag = varint(end);
        int number = (int) tag >>> 3;
        int wireType = (int) tag & 7;
        if (tag == BROKEN || number == 0) {
          return false;
        }
        if (wireType == WireFormat.WIRETYPE_END_GROUP) {
          return number == group;
        }
        Field field = type.field(number);
        boolean known = field != null && field.takes(wireType);
        if (depth == 0) {
          count(field, known, number);
        }
        if (type.mapEntry && known && number == 2) {
          // Each further value is merged into a copy of all that came before.
          copied = Math.min(MAX_COPIED_BYTES, copied + (valued ? built - before : 0));
          valued = true;
        }
        boolean readable =
            known ? known(field, wireType, end, depth) : unknown(number, wireType, end, depth);
        if (!readable) {
          return false;
        }
      }
      return group == 0;
    }

    private void count(Field field, boolean known, int number) {
      if (!known) {
        unknown = Math.min(unknown, number);
      } else if (field.isDocument()) {
        documents++;
      }
    }

    private boolean known(Field field, int wireType, int end, int depth) {
      built += field.bytes;
      if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        return number(wireType, end);
      }
      int valueEnd = length(end);
      if (valueEnd < 0) {
        return false;
      }
      if (field.kind == Kind.TEXT) {
        return text(valueEnd);
      }
      if (field.kind == Kind.MESSAGE) {
        return depth < MAX_DEPTH && fields(field.type, valueEnd, 0, depth + 1);
      }
      if (field.kind == Kind.NUMBER) {
        built += 3L * WORD_BYTES * (valueEnd - at);
      }
      at = valueEnd;
      return true;
    }

    private boolean unknown(int number, int wireType, int end, int depth) {
      built += UNKNOWN_BYTES;
      switch (wireType) {
        case WireFormat.WIRETYPE_START_GROUP -> {
          return depth < MAX_DEPTH && fields(Type.UNKNOWN, end, number, depth + 1);
        }
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          at = length(end);
          return at >= 0;
        }
        default -> {
          return number(wireType, end);
        }
      }
    }

    private boolean number(int wireType, int end) {
      return switch (wireType) {
        case WireFormat.WIRETYPE_VARINT -> varint(end) != BROKEN;
        case WireFormat.WIRETYPE_FIXED64 -> skip(Long.BYTES, end);
        case WireFormat.WIRETYPE_FIXED32 -> skip(Integer.BYTES, end);
        default -> false;
      };
    }

    private boolean skip(int length, int end) {
      at += length;
      return at <= end;
    }

    private boolean text(int end) {
      int start = at;
      at = end;
      int ascii = afterAscii(start, end);
      long length = (long) end - start;
      if (ascii == end) {
        built += length;
        return true;
      }
      built += length * (hasReplacement(ascii, end) ? REPLACEMENT_FACTOR : NON_ASCII_FACTOR);
      return Utf8.isWellFormed(bytes, ascii, end);
    }

    private int afterAscii(int start, int end) {
      int i = start;
      while (i <= end - Long.BYTES && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
        i += Long.BYTES;
      }
      while (i < end && bytes[i] >= 0) {
        i++;
      }
      return i;
    }

    /** Whether U+FFFD is in a text. */
    private boolean hasReplacement(int start, int end) {
      for (int i = start; i < end - 2; i++) {
        if (bytes[i] == (byte) 0xEF && bytes[i + 1] == (byte) 0xBF && bytes[i + 2] == (byte) 0xBD) {
          return true;
        }
      }
      return false;
    }

    /** Where the value ends whose length comes next; negative if it has none. */
    private int length(int end) {
      long length = varint(end);
      return length < 0 || length > end - at ? (int) BROKEN : at + (int) length;
    }

    /**
     * The low 32 bits of a number, which are all that protobuf takes of tags and lengths. {@link
     * #BROKEN} if there is none.
     */
    private long varint(int end) {
      if (at < end && bytes[at] >= 0) {
        return bytes[at++];
      }
      long value = 0;
      int limit = Math.min(end, at + MAX_VARINT_BYTES);
      for (int i = at, shift = 0; i < limit; i++, shift += 7) {
        value |= (bytes[i] & 0x7FL) << shift;
        if (bytes[i] >= 0) {
          at = i + 1;
          return value & 0xFFFFFFFFL;
        }
      }
      return BROKEN;
    }
  }
}
