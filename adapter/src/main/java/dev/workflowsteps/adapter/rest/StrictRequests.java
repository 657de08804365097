package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestTarget;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.proto.v1.ErrorReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to requests before Armeria does, in Netty's pipeline, so that the service answers all of
 * them in its own way: with a sentence, the caller's request id and CORS.
 *
 * <p>It passes on targets that Armeria refuses: broken percent-encoding, control characters, two
 * dots as a segment of the path. Some are no mistake, for an id may be two dots. And it lets the
 * service refuse what RFC 9112 calls no request, some of which Netty and Armeria take. Such a
 * request goes on as one for {@code /}, with its own target, or with what is wrong, in a header
 * whose name nobody outside knows.
 */
final class StrictRequests {

  private static final Logger LOG = LoggerFactory.getLogger(StrictRequests.class);

  /** Armeria looks at these bytes to tell HTTP/2 from HTTP/1. */
  private static final int DETECTED_BYTES = 4;

  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private static final AsciiString SETTINGS = AsciiString.cached("http2-settings");
  private static final int SETTING_BYTES = 6;

  /** Armeria takes these targets; most requests are spared a second parsing. */
  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z0-9_/?=&,-]*");

  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  /** RFC 3986: a name or an address, and perhaps a port. */
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-f:.]+])(:[0-9]*)?");

  private static final long HTTP_1_0 = asLong("HTTP/1.0");
  private static final long HTTP_1_1 = asLong("HTTP/1.1");

  private final AsciiString target = AsciiString.of("target-" + UUID.randomUUID());
  private final AsciiString refusal = AsciiString.of("refusal-" + UUID.randomUUID());

  /** Sees to the requests of a new connection. */
  void watch(ChannelPipeline pipeline) {
    pipeline.addFirst(new Bytes());
  }

  /** The target that was sent, if it is one that Armeria refuses. */
  Optional<String> target(RequestHeaders headers) {
    return Optional.ofNullable(headers.get(target)).map(StrictRequests::decoded);
  }

  /** The error that answers a request which is none. */
  Optional<ErrorResponse> refusal(RequestHeaders headers) {
    return Optional.ofNullable(headers.get(refusal)).map(StrictRequests::decoded).map(Wrong::error);
  }

  private static boolean isPassed(CharSequence method, CharSequence target) {
    if (target == null || target.length() == 0) {
      return false;
    }
    if (target.charAt(0) != '/') {
      return "*".contentEquals(target) && HttpMethod.OPTIONS.name().contentEquals(method);
    }
    return !ORDINARY.matcher(target).matches()
        && RequestTarget.forServer(target.toString()) == null;
  }

  private static String encoded(CharSequence text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String decoded(String encoded) {
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
  }

  private static long asLong(String eightCharacters) {
    return ByteBuffer.wrap(eightCharacters.getBytes(StandardCharsets.US_ASCII)).getLong();
  }

  /** What is wrong with a request. */
  private record Wrong(ErrorReason reason, String message) {

    static Wrong malformed(String message) {
      return new Wrong(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, message);
    }

    static Wrong of(Throwable failure) {
      if (failure instanceof TooLongHttpLineException) {
        return new Wrong(ErrorReason.ERROR_REASON_URI_TOO_LONG, "");
      }
      return failure instanceof TooLongHttpHeaderException
          ? new Wrong(ErrorReason.ERROR_REASON_HEADERS_TOO_LARGE, "")
          : malformed("");
    }

    String text() {
      return reason.name() + ' ' + message;
    }

    static ErrorResponse error(String text) {
      int space = text.indexOf(' ');
      ErrorReason reason = ErrorReason.valueOf(text.substring(0, space));
      String message = text.substring(space + 1);
      return message.isEmpty() ? ErrorResponse.of(reason) : ErrorResponse.of(reason, message);
    }
  }

  /**
   * Lets Armeria see which HTTP it is, hooks into the handlers that it then makes, and goes on
   * reading HTTP/1 line by line: Netty joins folded headers and takes every version, so that later
   * nobody knows.
   */
  private final class Bytes extends ChannelInboundHandlerAdapter {

    private final ByteBuf start = Unpooled.buffer(PREFACE.readableBytes());
    private final Http1 http1 = new Http1(this);
    private boolean isInstalled;

    private boolean isRequestLine = true;
    private int lineBytes;
    private long lastEight;

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
      if (!isPreface && start.getByte(DETECTED_BYTES - 1) == ' ' && start.getByte(0) == 'P') {
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
        pipeline.addAfter(codec.name(), null, http1);
        return;
      }
      if (!listenToHttp2(pipeline)) {
        LOG.warn("This version of Armeria answers malformed requests by itself.");
      }
      pipeline.remove(this);
    }

    /** A head ends a piece, so that what is wrong in it is known when Netty has read it. */
    private void pass(ChannelHandlerContext context, ByteBuf bytes) {
      int length;
      if (context.isRemoved()) {
        length = bytes.readableBytes();
      } else if (http1.bodyLeft > 0) {
        length = (int) Math.min(bytes.readableBytes(), http1.bodyLeft);
        http1.bodyLeft -= length;
      } else if (http1.isInBody) {
        // In chunks, which end with a line.
        int lineEnd = bytes.bytesBefore((byte) '\n');
        length = lineEnd < 0 ? bytes.readableBytes() : lineEnd + 1;
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
            http1.wrong = Wrong.malformed("A header line begins with white space.");
          }
          lineBytes++;
          lastEight = (lastEight << Byte.SIZE) | (b & 0xff);
        }
      }
      return bytes.readableBytes();
    }

    private void endLine() {
      if (isRequestLine && lastEight != HTTP_1_0 && lastEight != HTTP_1_1) {
        http1.wrong = Wrong.malformed("The request line does not end in HTTP/1.1 or HTTP/1.0.");
      }
      isRequestLine = false;
      lineBytes = 0;
    }
  }

  private boolean listenToHttp2(ChannelPipeline pipeline) {
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.decoder().frameListener(new Http2(http2.decoder().frameListener()));
    }
    return http2 != null;
  }

  /** Stands behind Netty's decoder and before Armeria's. */
  private final class Http1 extends ChannelInboundHandlerAdapter {

    private final Bytes bytes;
    private Wrong wrong;
    private boolean isInBody;

    /** What is to come of a body whose length was given; 0 = none, or in chunks. */
    private long bodyLeft;

    private boolean isRefused;

    Http1(Bytes bytes) {
      this.bytes = bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (isRefused) {
        ReferenceCountUtil.release(message);
        return;
      }
      if (message instanceof ByteBuf) {
        // Bytes come this far only once the connection was upgraded.
        listenToHttp2(context.pipeline());
        context.pipeline().remove(bytes);
        context.pipeline().remove(this);
      } else if (message instanceof HttpRequest request) {
        isInBody = true;
        Optional<Wrong> found = wrong(request);
        if (found.isPresent()) {
          refuse(context, request, found.get());
          return;
        }
        bodyLeft = HttpUtil.getContentLength(request, 0L);
        pass(request);
      }
      if (message instanceof LastHttpContent) {
        isInBody = false;
      }
      // A caller who ends what it sends within a body still has an error to read.
      context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, isInBody);
      context.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        LastHttpContent truncated = new DefaultLastHttpContent();
        truncated.setDecoderResult(
            DecoderResult.failure(new PrematureChannelClosureException("The body is truncated.")));
        channelRead(context, truncated);
      } else {
        context.fireUserEventTriggered(event);
      }
    }

    /** Closes the connection behind the answer: where the next request begins is not sure. */
    private void refuse(ChannelHandlerContext context, HttpRequest request, Wrong found) {
      isRefused = true;
      if (!request.method().equals(io.netty.handler.codec.http.HttpMethod.HEAD)) {
        request.setMethod(io.netty.handler.codec.http.HttpMethod.GET);
      }
      request.setUri("/").setProtocolVersion(HttpVersion.HTTP_1_1);
      request.setDecoderResult(DecoderResult.SUCCESS);
      HttpHeaders headers = request.headers();
      String origin = headers.get(HttpHeaderNames.ORIGIN);
      String id = headers.get(RequestId.HEADER);
      headers.clear();
      if (origin != null) {
        headers.set(HttpHeaderNames.ORIGIN, origin);
      }
      if (id != null) {
        headers.set(RequestId.HEADER, id);
      }
      headers
          .set(HttpHeaderNames.HOST, "refused")
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
          .set(refusal, encoded(found.text()));
      context.fireChannelRead(request);
      context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private Optional<Wrong> wrong(HttpRequest request) {
      HttpHeaders headers = request.headers();
      if (request instanceof FullHttpRequest) {
        // It has no request line, and Armeria answers it in the form of all errors.
        return Optional.empty();
      }
      if (wrong != null) {
        return Optional.of(wrong);
      }
      if (!request.decoderResult().isSuccess()) {
        return Optional.of(Wrong.of(request.decoderResult().cause()));
      }
      List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
      if (hosts.size() > 1
          || (hosts.isEmpty() && !request.protocolVersion().equals(HttpVersion.HTTP_1_0))) {
        return Optional.of(
            Wrong.malformed("The request has " + hosts.size() + " Host headers (expected: one)."));
      }
      if (!hosts.isEmpty() && !HOST.matcher(hosts.get(0)).matches()) {
        return Optional.of(Wrong.malformed("The header Host holds no host and port."));
      }
      String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
      if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
        return Optional.of(
            Wrong.malformed("The header Transfer-Encoding is not supported (expected: chunked)."));
      }
      String expected = headers.get(HttpHeaderNames.EXPECT);
      if (expected != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected)) {
        return Optional.of(
            Wrong.malformed("The header Expect is not supported (expected: 100-continue)."));
      }
      return headers.contains(HttpHeaderNames.UPGRADE)
              && headers.contains(SETTINGS)
              && !isSettings(headers.getAll(SETTINGS))
          ? Optional.of(Wrong.malformed("The header HTTP2-Settings holds no settings of HTTP/2."))
          : Optional.empty();
    }

    private void pass(HttpRequest request) {
      if (!HttpMethod.isSupported(request.method().name())) {
        // Armeria would go on to promise a body to a request that it has answered.
        request.headers().remove(HttpHeaderNames.EXPECT);
      }
      String uri = request.uri();
      String sent = ABSOLUTE.matcher(uri).matches() ? RestServer.withoutAuthority(uri) : uri;
      if (isPassed(request.method().name(), sent)) {
        request.headers().set(target, encoded(sent));
        request.setUri("/");
      }
    }
  }

  /** RFC 7540, section 3.2.1: one SETTINGS frame's payload in base64url. */
  private static boolean isSettings(List<String> values) {
    try {
      ByteBuffer payload = ByteBuffer.wrap(Base64.getUrlDecoder().decode(values.get(0)));
      int count = payload.remaining() / SETTING_BYTES;
      Http2Settings settings = new Http2Settings(count);
      for (int i = 0; i < count; i++) {
        settings.put(payload.getChar(), Long.valueOf(payload.getInt() & 0xffff_ffffL));
      }
      return values.size() == 1 && !payload.hasRemaining() && settings.size() <= count;
    } catch (IllegalArgumentException e) {
      return false;
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
      CharSequence sent = headers.path();
      return isPassed(headers.method(), sent)
          ? headers.set(target, encoded(sent)).path("/")
          : headers;
    }
  }
}
