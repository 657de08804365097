package dev.workflowsteps.server.network;

import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;

/**
 * Reads the prefixes of the gRPC messages of one stream, and skips the messages. A prefix is a byte
 * that says whether the message is compressed, and four for its length.
 */
final class PrefixReader {

  private static final int PREFIX_BYTES = 5;

  private final LongConsumer listener;
  private int prefixRead;
  private long length;
  private long messageLeft;

  /**
   * @param listener told the length of each message, as it is sent
   */
  PrefixReader(LongConsumer listener) {
    this.listener = listener;
  }

  /** Reads on; the buffer stays as it is. */
  void read(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (messageLeft > 0) {
        int skipped = (int) Math.min(messageLeft, bytes.writerIndex() - at);
        messageLeft -= skipped;
        at += skipped;
        continue;
      }
      int next = bytes.getUnsignedByte(at++);
      length = prefixRead++ == 0 ? 0 : length << 8 | next;
      if (prefixRead == PREFIX_BYTES) {
        prefixRead = 0;
        messageLeft = length;
        listener.accept(length);
      }
    }
  }
}
