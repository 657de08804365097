package dev.workflowsteps.server.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.util.Arrays;

/**
 * The encoding of a message while it is written, front to back. The length of a nested message is
 * written once its end is known, always in five bytes; every parser reads that too.
 */
final class WireBuffer {

  private static final int LENGTH_BYTES = 5;
  private static final int MAX_VARINT_BYTES = 10;

  private byte[] bytes;
  private int size;

  /**
   * @param size about how many bytes will be written
   */
  WireBuffer(int size) {
    this.bytes = new byte[size];
  }

  /** What was written. Texts and bytes that are parsed from it may share its memory. */
  CodedInputStream toInput() {
    ByteString written = UnsafeByteOperations.unsafeWrap(bytes, 0, size);
    CodedInputStream in = written.newCodedInput();
    in.enableAliasing(true);
    return in;
  }

  void number(int field, long value) {
    tag(field, WireFormat.WIRETYPE_VARINT);
    varint(value);
  }

  void bytes(int field, byte[] source, int from, int to) {
    tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = to - from;
    varint(length);
    reserve(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  /** Begins a nested message, and returns where. */
  int begin(int field) {
    tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    reserve(LENGTH_BYTES);
    size += LENGTH_BYTES;
    return size;
  }

  /** Ends the nested message that began there. */
  void end(int start) {
    int length = size - start;
    for (int i = start - LENGTH_BYTES; i < start - 1; i++) {
      bytes[i] = (byte) (length | 0x80);
      length >>>= 7;
    }
    bytes[start - 1] = (byte) length;
  }

  private void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  private void varint(long value) {
    reserve(MAX_VARINT_BYTES);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  private void reserve(int length) {
    if (bytes.length - size < length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
    }
  }
}
