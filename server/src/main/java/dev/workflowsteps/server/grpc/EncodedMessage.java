package dev.workflowsteps.server.grpc;

import com.google.protobuf.Message;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;

/**
 * A message that is already encoded, in parts: the stored bytes go from the database to the socket
 * without a copy of the whole.
 *
 * @param parts not copied; not to be changed
 * @param rows of the page that it is, or documents that were written; {@link #NO_ROWS} if it is
 *     neither
 */
record EncodedMessage(List<byte[]> parts, int rows) {

  static final int NO_ROWS = -1;

  static final Marshaller<EncodedMessage> MARSHALLER =
      new Marshaller<>() {
        @Override
        public InputStream stream(EncodedMessage message) {
          return message.stream();
        }

        @Override
        public EncodedMessage parse(InputStream stream) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try {
            stream.transferTo(bytes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new EncodedMessage(List.of(bytes.toByteArray()), NO_ROWS);
        }
      };

  static EncodedMessage of(Message message) {
    return of(message, NO_ROWS);
  }

  static EncodedMessage of(Message message, int rows) {
    return new EncodedMessage(List.of(message.toByteArray()), rows);
  }

  long size() {
    return parts.stream().mapToLong(part -> part.length).sum();
  }

  byte[] toByteArray() {
    byte[] whole = new byte[Math.toIntExact(size())];
    int next = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, next, part.length);
      next += part.length;
    }
    return whole;
  }

  private InputStream stream() {
    return new PartsStream(parts, Math.toIntExact(size()));
  }

  /** Written in one go where the transport can, read as a stream where it cannot. */
  private static final class PartsStream extends InputStream implements Drainable, KnownLength {

    private final List<byte[]> parts;
    private final InputStream stream;
    private int left;

    PartsStream(List<byte[]> parts, int size) {
      this.parts = parts;
      this.left = size;
      this.stream =
          new SequenceInputStream(
              Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList()));
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      for (byte[] part : parts) {
        target.write(part);
      }
      int written = left;
      left = 0;
      return written;
    }

    @Override
    public int available() {
      return left;
    }

    @Override
    public int read() throws IOException {
      int next = stream.read();
      left -= next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = stream.read(target, offset, length);
      left -= Math.max(read, 0);
      return read;
    }
  }
}
