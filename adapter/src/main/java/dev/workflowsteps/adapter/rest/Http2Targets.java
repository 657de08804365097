package dev.workflowsteps.adapter.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;

/** Passes on the targets of HTTP/2 requests that Armeria refuses. */
final class Http2Targets extends Http2FrameListenerDecorator {

  private final StrictRequests strict;

  private Http2Targets(Http2FrameListener listener, StrictRequests strict) {
    super(listener);
    this.strict = strict;
  }

  /** Listens to a connection; false if it is none of HTTP/2. */
  static boolean listen(ChannelPipeline pipeline, StrictRequests strict) {
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.decoder().frameListener(new Http2Targets(http2.decoder().frameListener(), strict));
    }
    return http2 != null;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    if (headers.method() != null && headers.path() == null) {
      // Armeria would end the connection, with all of its other requests.
      throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "no :path");
    }
    strict.pass(headers);
    super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, end);
  }
}
