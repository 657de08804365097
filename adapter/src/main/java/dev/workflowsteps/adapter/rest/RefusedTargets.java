package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings those requests to the service that Armeria's decoders answer by themselves because of what
 * stands in the target: broken percent-encoding, control characters, two dots as a segment of the
 * path. Some of it is nothing wrong, for an id may be two dots; and what is wrong, the service says
 * as it says everything: in a sentence, with the caller's request id, with CORS.
 *
 * <p>Such a request goes on as one for {@code /}, with its own target in a header whose name nobody
 * outside knows.
 */
final class RefusedTargets {

  private static final Logger LOG = LoggerFactory.getLogger(RefusedTargets.class);

  /** So many bytes tell HTTP/2 from HTTP/1, to Armeria too. */
  private static final int PREFACE_BYTES = 4;

  /** Spares nearly all of them to be parsed twice. */
  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z0-9_/?=&,-]*");

  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  private final AsciiString header = AsciiString.of("target-" + UUID.randomUUID());

  /** Sees to the requests of a connection that was just made. */
  void watch(ChannelPipeline pipeline) {
    pipeline.addFirst(new Installer());
  }

  /** The target that was sent, if it is one that Armeria refuses. */
  Optional<String> of(RequestHeaders headers) {
    return Optional.ofNullable(headers.get(header))
        .map(
            encoded ->
                new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1));
  }

  private static boolean isRefused(CharSequence target) {
    return target != null
        && target.length() > 0
        && target.charAt(0) == '/'
        && !ORDINARY.matcher(target).matches()
        && RequestTarget.forServer(target.toString()) == null;
  }

  private static String encoded(CharSequence target) {
    byte[] bytes = target.toString().getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Lets Armeria see which HTTP it is, before anything more, and hooks into the handlers that it
   * then makes.
   */
  private final class Installer extends ChannelInboundHandlerAdapter {

    private int seen;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      int missing = PREFACE_BYTES - seen;
      if (bytes.readableBytes() < missing) {
        seen += bytes.readableBytes();
        context.fireChannelRead(bytes);
        return;
      }
      context.fireChannelRead(bytes.readRetainedSlice(missing));
      install(context.pipeline());
      context.fireChannelRead(bytes);
      if (!context.isRemoved()) {
        context.pipeline().remove(this);
      }
    }

    private void install(ChannelPipeline pipeline) {
      ChannelHandlerContext codec = pipeline.context(CombinedChannelDuplexHandler.class);
      if (codec != null) {
        pipeline.addAfter(codec.name(), null, new Http1());
      } else if (!listenToHttp2(pipeline)) {
        LOG.warn("this version of Armeria leaves targets that it refuses no way to the service");
      }
    }
  }

  private boolean listenToHttp2(ChannelPipeline pipeline) {
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.decoder().frameListener(new Http2(http2.decoder().frameListener()));
    }
    return http2 != null;
  }

  private final class Http1 extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
        pass(request);
      } else if (message instanceof ByteBuf) {
        // Bytes come this far only once the connection was upgraded.
        listenToHttp2(context.pipeline());
        context.pipeline().remove(this);
      }
      context.fireChannelRead(message);
    }

    private void pass(HttpRequest request) {
      String uri = request.uri();
      String target = ABSOLUTE.matcher(uri).matches() ? RestServer.withoutAuthority(uri) : uri;
      if (isRefused(target)) {
        request.headers().set(header, encoded(target));
        request.setUri("/");
      }
    }
  }

  private final class Http2 extends Http2FrameListenerDecorator {

    Http2(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int streamId,
        Http2Headers headers,
        int padding,
        boolean endOfStream)
        throws Http2Exception {
      super.onHeadersRead(context, streamId, passed(headers), padding, endOfStream);
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
      super.onHeadersRead(
          context,
          streamId,
          passed(headers),
          streamDependency,
          weight,
          exclusive,
          padding,
          endOfStream);
    }

    private Http2Headers passed(Http2Headers headers) {
      CharSequence target = headers.path();
      return isRefused(target) ? headers.set(header, encoded(target)).path("/") : headers;
    }
  }
}
