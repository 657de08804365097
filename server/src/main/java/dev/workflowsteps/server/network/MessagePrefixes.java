package dev.workflowsteps.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.LongConsumer;

/**
 * Tells how long the gRPC messages of a connection are as soon as they begin: gRPC itself says so
 * when they are whole.
 */
public final class MessagePrefixes extends Http2FrameListenerDecorator {

  /** The stream that begins on this thread. */
  private static final ThreadLocal<NewStream> NEW_STREAM = new ThreadLocal<>();

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey readers;

  private record NewStream(Http2Stream stream, Http2Connection.PropertyKey readers) {}

  private MessagePrefixes(Http2Connection connection, Http2FrameListener next) {
    super(next);
    this.connection = connection;
    this.readers = connection.newKey();
  }

  /** Of a connection of which no stream has begun yet. */
  static void install(Http2ConnectionHandler http2) {
    http2
        .decoder()
        .frameListener(new MessagePrefixes(http2.connection(), http2.decoder().frameListener()));
  }

  /**
   * To be called while gRPC begins a stream, on its thread; does nothing for streams of other
   * transports.
   *
   * @param listener told by the event loop how many bytes a message of the stream will have, before
   *     gRPC gets any of them
   */
  public static void listenToNewStream(LongConsumer listener) {
    NewStream begun = NEW_STREAM.get();
    if (begun != null) {
      begun.stream.setProperty(begun.readers, new PrefixReader(listener));
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    NEW_STREAM.set(new NewStream(connection.stream(streamId), readers));
    try {
      super.onHeadersRead(
          context, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
    } finally {
      NEW_STREAM.remove();
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    PrefixReader reader = connection.stream(streamId).getProperty(readers);
    if (reader != null) {
      reader.read(data);
    }
    return super.onDataRead(context, streamId, data, padding, endOfStream);
  }
}
