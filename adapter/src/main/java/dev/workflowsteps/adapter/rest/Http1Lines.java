package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.contract.LogNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * The bytes of a connection. Lets Armeria see which HTTP it is, hooks into the handlers that it
 * then makes, and goes on reading HTTP/1 line by line: Netty joins folded headers and takes every
 * version, so that later nobody knows.
 */
final class Http1Lines extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(Http1Lines.class);

  private static final Marker LIMITED = MarkerFactory.getMarker(LogNames.LIMITED);

  /** Armeria looks at these bytes to tell HTTP/2 from HTTP/1. */
  private static final int DETECTED_BYTES = 4;

  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private static final long HTTP_1_0 = asLong("HTTP/1.0");
  private static final long HTTP_1_1 = asLong("HTTP/1.1");

  private final StrictRequests strict;
  private final Http1Requests requests;
  private final ByteBuf start = Unpooled.buffer(PREFACE.readableBytes());
  private boolean isInstalled;

  private boolean isRequestLine = true;
  private int lineBytes;
  private long lastEight;

  Http1Lines(StrictRequests strict) {
    this.strict = strict;
    this.requests = new Http1Requests(strict);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (!isInstalled && bytes.isReadable()) {
        start.writeByte(bytes.readByte());
        begin(context);
      }
      while (bytes.isReadable()) {
        pass(context, bytes);
      }
    } finally {
      bytes.release();
    }
  }

  /** A method PRI is HTTP/2 to Armeria, also where the rest is not its preface. */
  private void begin(ChannelHandlerContext context) {
    int length = start.readableBytes();
    boolean isPreface = ByteBufUtil.equals(start, 0, PREFACE, 0, length);
    if (length < DETECTED_BYTES || (isPreface && length < PREFACE.readableBytes())) {
      return;
    }
    if (!isPreface && ByteBufUtil.equals(start, 0, PREFACE, 0, DETECTED_BYTES)) {
      start.setByte(0, 'p');
    }
    isInstalled = true;
    ByteBuf detected = start.readRetainedSlice(DETECTED_BYTES);
    headLength(detected);
    context.fireChannelRead(detected);
    install(context.pipeline());
    while (start.isReadable()) {
      pass(context, start);
    }
  }

  private void install(ChannelPipeline pipeline) {
    ChannelHandlerContext codec = pipeline.context(CombinedChannelDuplexHandler.class);
    if (codec != null) {
      pipeline.addAfter(codec.name(), null, requests);
      return;
    }
    if (!Http2Targets.listen(pipeline, strict)) {
      LOG.warn(LIMITED, "This version of Armeria answers malformed requests by itself.");
    }
    pipeline.remove(this);
  }

  /** A head ends a piece, so that what is wrong in it is known when Netty has read it. */
  private void pass(ChannelHandlerContext context, ByteBuf bytes) {
    int length;
    if (context.isRemoved()) {
      length = bytes.readableBytes();
    } else if (requests.isInBody()) {
      length = requests.bodyLength(bytes);
    } else {
      length = headLength(bytes);
    }
    context.fireChannelRead(bytes.readRetainedSlice(length));
  }

  /** The number of bytes to the end of the head, or all. */
  private int headLength(ByteBuf bytes) {
    int from = bytes.readerIndex();
    for (int i = from; i < bytes.writerIndex(); i++) {
      byte b = bytes.getByte(i);
      if (b == '\n') {
        if (lineBytes > 0) {
          endLine();
        } else if (!isRequestLine) {
          isRequestLine = true;
          return i + 1 - from;
        }
      } else if (b != '\r') {
        if (lineBytes == 0 && !isRequestLine && (b == ' ' || b == '\t')) {
          requests.malformed("A header line begins with white space.");
        }
        lineBytes++;
        lastEight = (lastEight << Byte.SIZE) | (b & 0xff);
      }
    }
    return bytes.readableBytes();
  }

  private void endLine() {
    if (isRequestLine && lastEight != HTTP_1_0 && lastEight != HTTP_1_1) {
      requests.malformed("The request line does not end in HTTP/1.1 or HTTP/1.0.");
    }
    isRequestLine = false;
    lineBytes = 0;
  }

  private static long asLong(String eightCharacters) {
    return ByteBuffer.wrap(eightCharacters.getBytes(StandardCharsets.US_ASCII)).getLong();
  }
}
