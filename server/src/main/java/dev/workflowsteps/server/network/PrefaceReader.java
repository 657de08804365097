package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * Reads the preface with which a connection of HTTP/2 begins. It is not looked for later: whatever
 * looked like it in the body of a request would hide the frames behind it.
 */
final class PrefaceReader {

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private int matched;
  private boolean sawOther;

  /** Reads on until the preface is whole, or the bytes are at their end; says where that is. */
  int read(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex() && !isWhole() && !sawOther) {
      sawOther = bytes.getByte(at++) != PREFACE[matched];
      matched += sawOther ? 0 : 1;
    }
    return at;
  }

  boolean isWhole() {
    return matched == PREFACE.length;
  }

  /** Whether the connection began with something else: HTTP/1, or what is none. */
  boolean sawOther() {
    return sawOther;
  }
}
