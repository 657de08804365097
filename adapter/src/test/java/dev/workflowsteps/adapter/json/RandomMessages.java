package dev.workflowsteps.adapter.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Wire bytes of any message type as no one writer would make them: fields in any order and several
 * times, messages in pieces, packed and unpacked, with unknown fields between them.
 */
final class RandomMessages {

  private static final String[] PIECES = {
    "",
    "a",
    "status",
    "\"",
    "\\",
    "\n",
    "\r",
    "\t",
    "\b",
    "\f",
    "\0",
    "\u001f",
    "\u007f",
    "/",
    "é",
    "€",
    "\u2028",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "😀",
    "\udbff\udfff",
    "twelve bytes"
  };

  private static final String[] PAYLOADS = {
    "", "null", "{}", "1234.50", "9007199254740993", " [1, 2]", "{\"a\":1,\"a\":2}", "\"é\""
  };

  private final Random random;

  RandomMessages(long seed) {
    random = new Random(seed);
  }

  byte[] wire(Descriptor type, int depth) {
    try {
      List<byte[]> parts = new ArrayList<>();
      for (FieldDescriptor field : type.getFields()) {
        for (int i = occurrences(field, depth); i > 0; i--) {
          parts.add(part(field, depth));
        }
      }
      while (random.nextInt(6) == 0) {
        parts.add(unknown(depth));
      }
      if (random.nextInt(3) > 0) {
        Collections.shuffle(parts, random);
      }
      return concatenated(parts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int occurrences(FieldDescriptor field, int depth) {
    boolean message = field.getType() == FieldDescriptor.Type.MESSAGE;
    if (message && depth <= 0) {
      return 0;
    }
    if (field.isMapField()) {
      return random.nextInt(8) == 0 ? random.nextInt(30) : random.nextInt(4);
    }
    return random.nextInt(5) == 0 ? 2 : random.nextInt(2);
  }

  private byte[] part(FieldDescriptor field, int depth) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    int number = field.getNumber();
    if (field.isPackable() && random.nextBoolean()) {
      out.writeByteArray(number, packed(field));
    } else {
      switch (field.getType()) {
        case BOOL -> out.writeBool(number, random.nextBoolean());
        case INT32 -> out.writeInt32(number, integer());
        case UINT32 -> out.writeUInt32(number, integer());
        case SINT32 -> out.writeSInt32(number, integer());
        case STRING -> out.writeString(number, text());
        case BYTES -> out.writeBytes(number, ByteString.copyFromUtf8(oneOf(PAYLOADS)));
        default -> out.writeByteArray(number, message(field.getMessageType(), depth - 1));
      }
    }
    out.flush();
    return bytes.toByteArray();
  }

  private byte[] packed(FieldDescriptor field) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (field.getType()) {
        case BOOL -> out.writeBoolNoTag(random.nextBoolean());
        case SINT32 -> out.writeSInt32NoTag(integer());
        default -> out.writeInt32NoTag(integer());
      }
    }
    out.flush();
    return bytes.toByteArray();
  }

  private byte[] message(Descriptor type, int depth) throws IOException {
    return type.getFullName().equals(TestTypes.TIMESTAMP) ? timestamp() : wire(type, depth);
  }

  private byte[] timestamp() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    int unit = new int[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
    if (random.nextBoolean()) {
      out.writeInt32(2, random.nextInt(1_000_000_000) / unit * unit);
    }
    if (random.nextInt(4) > 0) {
      out.writeInt64(1, random.nextLong(-62_135_596_800L, 253_402_300_800L));
    }
    out.flush();
    return bytes.toByteArray();
  }

  /** A field of a number that no type here has: of every wire type, groups included. */
  private byte[] unknown(int depth) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    int number = random.nextBoolean() ? 999 : 70_000;
    switch (random.nextInt(5)) {
      case 0 -> out.writeInt64(number, random.nextLong());
      case 1 -> out.writeFixed64(number, random.nextLong());
      case 2 -> out.writeString(number, text());
      case 3 -> out.writeFixed32(number, random.nextInt());
      default -> {
        out.writeTag(number, 3);
        out.writeRawBytes(depth > -3 ? unknown(depth - 1) : new byte[0]);
        out.writeTag(number, 4);
      }
    }
    out.flush();
    return bytes.toByteArray();
  }

  private int integer() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(300);
      case 2 -> random.nextBoolean() ? Integer.MIN_VALUE : Integer.MAX_VALUE;
      default -> random.nextInt();
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(oneOf(PIECES));
    }
    return text.toString();
  }

  private String oneOf(String[] choice) {
    return choice[random.nextInt(choice.length)];
  }

  private static byte[] concatenated(List<byte[]> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    parts.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }
}
