package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.HttpMethod;
import dev.workflowsteps.adapter.http.ErrorResponse;
import dev.workflowsteps.contract.RequestId;
import dev.workflowsteps.contract.Traceparent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
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
import io.netty.util.ReferenceCountUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of a connection, behind Netty's HTTP/1 decoder and before Armeria's. */
final class Http1Requests extends ChannelInboundHandlerAdapter {

  /** What a refused request keeps: what its response and its line in the access log need. */
  private static final List<CharSequence> KEPT =
      List.of(
          HttpHeaderNames.ORIGIN, RequestId.HEADER, Traceparent.HEADER, HttpHeaderNames.USER_AGENT);

  private final StrictRequests strict;
  private Optional<ErrorResponse> wrongLine = Optional.empty();
  private boolean isInBody;

  /** What is to come of a body whose length was given; 0 = none, or in chunks. */
  private long bodyLeft;

  private boolean isRefused;

  Http1Requests(StrictRequests strict) {
    this.strict = strict;
  }

  /** The next request is none. */
  void malformed(String message) {
    wrongLine = Http1Rules.malformed(message);
  }

  boolean isInBody() {
    return isInBody;
  }

  /** How many of the bytes surely belong to the body; a chunk's end is that of a line. */
  int bodyLength(ByteBuf bytes) {
    if (bodyLeft > 0) {
      int length = (int) Math.min(bytes.readableBytes(), bodyLeft);
      bodyLeft -= length;
      return length;
    }
    int lineEnd = bytes.bytesBefore((byte) '\n');
    return lineEnd < 0 ? bytes.readableBytes() : lineEnd + 1;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (isRefused) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpRequest request) {
      isInBody = true;
      // Netty's message for what is no request line; Armeria answers it in the form of all errors.
      Optional<ErrorResponse> error =
          request instanceof FullHttpRequest
              ? Optional.empty()
              : wrongLine.or(() -> Http1Rules.violation(request));
      if (error.isPresent()) {
        refuse(context, request, error.get());
        return;
      }
      bodyLeft = HttpUtil.getContentLength(request, 0L);
      if (!HttpMethod.isSupported(request.method().name())) {
        // Armeria would go on to promise a body to a request that it has answered.
        request.headers().remove(HttpHeaderNames.EXPECT);
      }
      // HTTP/2 begins with its preface: frames behind a request would not be counted (FrameGuard).
      request.headers().remove(HttpHeaderNames.UPGRADE);
      strict.pass(request);
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

  /** Closes the connection behind the response: where the next request begins is not sure. */
  private void refuse(ChannelHandlerContext context, HttpRequest request, ErrorResponse error) {
    isRefused = true;
    if (!request.method().equals(io.netty.handler.codec.http.HttpMethod.HEAD)) {
      request.setMethod(io.netty.handler.codec.http.HttpMethod.GET);
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1).setDecoderResult(DecoderResult.SUCCESS);
    HttpHeaders headers = request.headers();
    Map<CharSequence, String> kept = new LinkedHashMap<>();
    for (CharSequence name : KEPT) {
      String value = headers.get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    headers
        .clear()
        .set(HttpHeaderNames.HOST, "refused")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    kept.forEach(headers::set);
    strict.refuse(request, error);
    context.fireChannelRead(request);
    context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
  }
}
