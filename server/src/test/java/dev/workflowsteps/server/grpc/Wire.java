package dev.workflowsteps.server.grpc;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.function.IntFunction;

/** Messages as bytes, also such as no builder makes. */
final class Wire {

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  /** A field with a length. */
  static byte[] field(int number, byte[] value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeByteArray(number, value);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  /** Parts one after another, as many as fit into a length. */
  static byte[] filled(int length, IntFunction<byte[]> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
    byte[] part = parts.apply(0);
    for (int i = 1; bytes.size() + part.length <= length; i++) {
      bytes.writeBytes(part);
      part = parts.apply(i);
    }
    return bytes.toByteArray();
  }

  /** The same bytes, as many as fit. */
  static byte[] filled(int length, byte[] part) {
    return filled(length, i -> part);
  }

  private Wire() {}
}
