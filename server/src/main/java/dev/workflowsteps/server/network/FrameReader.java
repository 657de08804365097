package dev.workflowsteps.server.network;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.netty.buffer.ByteBuf;

/** Reads the headers of HTTP/2 frames, and skips what the frames hold. */
final class FrameReader {

  private final byte[] header = new byte[FRAME_HEADER_LENGTH];
  private int headerRead;
  private int payloadLeft;

  /** Hears of each frame. */
  @FunctionalInterface
  interface Listener {
    /**
     * A frame begins.
     *
     * @param length of its payload
     */
    void frame(int type, int flags, int length);
  }

  /** Reads on; the buffer stays as it is. */
  void read(ByteBuf bytes, int from, Listener listener) {
    int at = from;
    while (at < bytes.writerIndex()) {
      if (payloadLeft > 0) {
        int skipped = Math.min(payloadLeft, bytes.writerIndex() - at);
        payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      header[headerRead++] = bytes.getByte(at++);
      if (headerRead == FRAME_HEADER_LENGTH) {
        headerRead = 0;
        payloadLeft = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
        listener.frame(header[3], header[4], payloadLeft);
      }
    }
  }
}
