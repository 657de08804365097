package dev.workflowsteps.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.KnownLength;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads request messages as bytes that are paid for before there is memory for them. */
final class MessageBytes {

  private static final int MIN_CHUNK_BYTES = 8 << 10;
  private static final int MAX_CHUNK_BYTES = 1 << 20;

  /**
   * Reads a message to its end and closes its stream. A stream of unknown length inflates while it
   * is read, a chunk at a time, each of which is charged first.
   *
   * <p>What the charge holds before counts as paid for this message. After success it holds the
   * message's length. Inflating takes up to twice as much, since the chunks are joined.
   *
   * @param maxBytes the most that the message may have
   */
  static byte[] read(InputStream message, Charge charge, int maxBytes)
      throws UnreadMessageException {
    try (InputStream in = message) {
      byte[] bytes =
          in instanceof KnownLength ? known(in, charge, maxBytes) : inflated(in, charge, maxBytes);
      charge.set(bytes.length);
      return bytes;
    } catch (IOException e) {
      throw new UnreadMessageException(Reason.BROKEN);
    } catch (StatusRuntimeException e) {
      // gRPC's own stream has the same bound and may notice first.
      throw new UnreadMessageException(Reason.TOO_LARGE);
    }
  }

  /**
   * Builds a message as {@link MessageCost} expects: its {@code bytes} fields share the array,
   * which must not change any more.
   */
  static <T> T parse(byte[] message, Parser<T> parser) throws InvalidProtocolBufferException {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(message).newCodedInput();
    in.enableAliasing(true);
    T parsed = parser.parseFrom(in);
    in.checkLastTagWas(0);
    return parsed;
  }

  private static byte[] known(InputStream in, Charge charge, int maxBytes)
      throws IOException, UnreadMessageException {
    int length = in.available();
    if (length > maxBytes) {
      throw new UnreadMessageException(Reason.TOO_LARGE);
    }
    pay(charge, Math.max(0, length - charge.held()));
    byte[] bytes = new byte[length];
    if (in.readNBytes(bytes, 0, length) < length) {
      throw new UnreadMessageException(Reason.BROKEN);
    }
    return bytes;
  }

  private static byte[] inflated(InputStream in, Charge charge, int maxBytes)
      throws IOException, UnreadMessageException {
    List<byte[]> chunks = new ArrayList<>();
    int length = 0;
    int read;
    int size;
    do {
      size = Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, length));
      pay(charge, size);
      byte[] chunk = new byte[size];
      read = in.readNBytes(chunk, 0, size);
      chunks.add(chunk);
      length += read;
      if (length > maxBytes) {
        throw new UnreadMessageException(Reason.TOO_LARGE);
      }
    } while (read == size);
    pay(charge, length);
    return joined(chunks, length);
  }

  private static byte[] joined(List<byte[]> chunks, int length) {
    byte[] bytes = new byte[length];
    int at = 0;
    for (byte[] chunk : chunks) {
      int size = Math.min(chunk.length, length - at);
      System.arraycopy(chunk, 0, bytes, at, size);
      at += size;
    }
    return bytes;
  }

  /** Grows the charge, or fails. */
  static void pay(Charge charge, long bytes) throws UnreadMessageException {
    if (!charge.grow(bytes)) {
      throw new UnreadMessageException(Reason.unpaid(charge, bytes));
    }
  }

  private MessageBytes() {}
}
