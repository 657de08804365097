package dev.workflowsteps.server.network;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2CodecUtil.RST_STREAM_FRAME_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Counts the frames of one connection of HTTP/2 that bring no work, and its resets. */
final class FrameCosts {

  /** An honest client cancels or times out as many calls at once, and in a second. */
  static final int RESETS = 400;

  static final int RESETS_PER_SECOND = 300;

  /**
   * Streams that the server resets since the client broke the protocol. Netty's own limit, which
   * Armeria does not let us change, is 200 in 30 s, and it closes the connection at once: this one
   * is used up before.
   */
  static final int MISTAKES = 150;

  static final int MISTAKES_PER_SECOND = 1;

  /** Of all other frames that bring no work. */
  static final int CONTROL_FRAMES = 1_000;

  static final int CONTROL_FRAMES_PER_SECOND = 250;

  /**
   * For each frame of a response: clients answer it with an update of two windows, and measure the
   * connection with a ping.
   */
  private static final int CONTROL_FRAMES_PER_RESPONSE_FRAME = 3;

  /**
   * Less data in a frame, unless it is the last of a message, is no work, but a large frame pays
   * for it: an honest client fills windows, of which a byte may be left.
   */
  private static final int SMALL_BYTES = 64;

  static final int LARGE_BYTES = 1 << 10;

  /** The most that a frame may be padded with, and the byte that says how much it is. */
  private static final int PADDING_BYTES = 256;

  /** A server also resets what it has answered early, and calls whose time is over. */
  private static final Set<Long> HONEST =
      Set.of(Http2Error.NO_ERROR.code(), Http2Error.CANCEL.code());

  /**
   * A client that has not heard of the limit yet may begin too many streams, and one that has not
   * heard of an early answer sends the rest of its message, each frame of which is answered so.
   */
  private static final Set<Long> UNAWARE =
      Set.of(Http2Error.REFUSED_STREAM.code(), Http2Error.STREAM_CLOSED.code());

  private static final int MAX_FRAME_BYTES = 1 << 20;

  private final FrameBudget resets;
  private final FrameBudget mistakes;
  private final FrameBudget controlFrames;

  /** Large frames of data that have not paid for a small one yet. */
  private int largeFrames;

  /**
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  FrameCosts(LongSupplier nanoTime) {
    this.resets = new FrameBudget(RESETS, RESETS_PER_SECOND, nanoTime);
    this.mistakes = new FrameBudget(MISTAKES, MISTAKES_PER_SECOND, nanoTime);
    this.controlFrames = new FrameBudget(CONTROL_FRAMES, CONTROL_FRAMES_PER_SECOND, nanoTime);
  }

  /**
   * Counts a frame from the client.
   *
   * @param length of its payload
   * @return what there is too much of; empty if it isn't
   */
  Optional<EndReason> received(int type, int flags, int length) {
    return switch (type) {
      case Http2FrameTypes.HEADERS -> Optional.empty();
      case Http2FrameTypes.RST_STREAM -> take(resets, EndReason.RESETS);
      case Http2FrameTypes.DATA -> receivedData(flags, length);
      default -> take(controlFrames, EndReason.CONTROL_FRAMES);
    };
  }

  private Optional<EndReason> receivedData(int flags, int length) {
    int bytes = leastData(flags, length);
    if (bytes >= LARGE_BYTES) {
      largeFrames = Math.min(CONTROL_FRAMES, largeFrames + 1);
    }
    if (bytes >= SMALL_BYTES || (flags & Http2Flags.END_STREAM) != 0) {
      return Optional.empty();
    }
    if (largeFrames > 0) {
      largeFrames--;
      return Optional.empty();
    }
    return take(controlFrames, EndReason.CONTROL_FRAMES);
  }

  /** Without looking for the length of the padding, which may come later. */
  private static int leastData(int flags, int length) {
    return (flags & Http2Flags.PADDED) != 0 ? length - PADDING_BYTES : length;
  }

  /**
   * Counts a frame to the client. Netty writes each frame's header, and each reset, as a buffer of
   * its own.
   *
   * @return what there is too much of; empty if it isn't
   */
  Optional<EndReason> sent(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length < FRAME_HEADER_LENGTH) {
      return Optional.empty();
    }
    int from = bytes.readerIndex();
    int payload = bytes.getUnsignedMedium(from);
    int type = bytes.getByte(from + 3);
    if (type == Http2FrameTypes.RST_STREAM) {
      return length == RST_STREAM_FRAME_LENGTH && payload == Integer.BYTES
          ? sentReset(bytes.getUnsignedInt(from + FRAME_HEADER_LENGTH))
          : Optional.empty();
    }
    if ((type == Http2FrameTypes.DATA || type == Http2FrameTypes.HEADERS)
        && payload <= MAX_FRAME_BYTES) {
      controlFrames.give(CONTROL_FRAMES_PER_RESPONSE_FRAME);
    }
    return Optional.empty();
  }

  private Optional<EndReason> sentReset(long code) {
    if (HONEST.contains(code)) {
      return Optional.empty();
    }
    return take(UNAWARE.contains(code) ? resets : mistakes, EndReason.RESETS);
  }

  private static Optional<EndReason> take(FrameBudget budget, EndReason kind) {
    return budget.take() ? Optional.empty() : Optional.of(kind);
  }

  /** Begins anew. */
  void fill() {
    resets.fill();
    mistakes.fill();
    controlFrames.fill();
    largeFrames = 0;
  }
}
