package dev.workflowsteps.adapter.rest;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages as the bytes that they are. */
enum ByteMarshaller implements Marshaller<byte[]> {
  INSTANCE;

  @Override
  public InputStream stream(byte[] message) {
    return new KnownBytes(message);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream instanceof KnownLength ? known(stream) : stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Into the one array that it fits: the stream's own methods would gather pieces first. */
  private static byte[] known(InputStream stream) throws IOException {
    byte[] message = new byte[stream.available()];
    if (stream.readNBytes(message, 0, message.length) < message.length) {
      throw new EOFException("a message that is shorter than it says");
    }
    return message;
  }

  private static final class KnownBytes extends ByteArrayInputStream implements KnownLength {
    KnownBytes(byte[] bytes) {
      super(bytes);
    }
  }
}
