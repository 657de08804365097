package dev.workflowsteps.server.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * Looks for the preface with which HTTP/2 begins, wherever it is: HTTP/1 may be upgraded in the
 * middle of what is read.
 */
final class PrefaceReader {

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private int matched;
  private boolean sawOther;

  /** Reads on until the preface is whole, or the bytes are at their end; says where that is. */
  int read(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex() && !isWhole()) {
      byte next = bytes.getByte(at++);
      while (matched > 0 && next != PREFACE[matched]) {
        // It may begin anew with the letter before, but with no more: "PR" occurs once.
        matched = matched > 1 && PREFACE[matched - 1] == PREFACE[0] ? 1 : 0;
        sawOther = true;
      }
      if (next == PREFACE[matched]) {
        matched++;
      } else {
        sawOther = true;
      }
    }
    return at;
  }

  boolean isWhole() {
    return matched == PREFACE.length;
  }

  /** Whether something else has come that was no preface: HTTP/1, or what is none. */
  boolean sawOther() {
    return sawOther;
  }
}
