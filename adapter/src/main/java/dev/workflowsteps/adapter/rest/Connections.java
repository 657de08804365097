package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The open connections, the requests that run on them, and how both end.
 *
 * <p>Whether a connection is idle is looked at on its event loop, which also reads its requests: so
 * none is read between the look and the end.
 */
final class Connections {

  private static final AttributeKey<Requests> REQUESTS =
      AttributeKey.valueOf(Connections.class, "requests");

  /** A port takes once more in this time whoever has connected. */
  private static final long LAST_ACCEPTS_MILLIS = 1;

  private static final long PORT_CLOSE_MILLIS = 1_000;

  /** Requests of one HTTP/1 connection that may run at once; clients send one after the other. */
  private static final int MOST_PIPELINED = 100;

  private final ConnectionGuard guard;

  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  private final Set<Channel> ports = ConcurrentHashMap.newKeySet();

  private final Set<ServiceRequestContext> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean closing;

  /** Those of one connection. Only its event loop touches them. */
  private static final class Requests {
    private boolean any;
    private int running;
  }

  /**
   * @param guard told of connections with a valid key
   */
  Connections(ConnectionGuard guard) {
    this.guard = guard;
  }

  void opened(Channel connection) {
    connection.attr(REQUESTS).set(new Requests());
    open.add(connection);
    ports.add(connection.parent());
  }

  /** A request runs until its response is written or its caller has left. */
  void begin(ServiceRequestContext context) {
    Channel connection = connection(context);
    Requests requests = connection.attr(REQUESTS).get();
    requests.any = true;
    requests.running++;
    if (requests.running > MOST_PIPELINED && !context.sessionProtocol().isMultiplex()) {
      // Armeria reads on, whoever reads its answers.
      reset(connection);
    }
    running.add(context);
    if (stopping && !context.sessionProtocol().isMultiplex()) {
      var unused = context.initiateConnectionShutdown();
    }
    var unused =
        context
            .log()
            .whenComplete()
            .thenRun(
                () -> {
                  running.remove(context);
                  onLoop(connection, () -> end(connection, requests));
                });
  }

  /** The request's key is valid: whose it is. */
  void authenticated(ServiceRequestContext context, String organizationId) {
    guard.authenticated(connection(context).remoteAddress(), organizationId);
  }

  private void end(Channel connection, Requests requests) {
    requests.running--;
    if (closing && requests.running == 0 && isHttp2(connection)) {
      var unused = connection.close();
    }
  }

  /** Has every HTTP/1 connection end with its next response, which says so. */
  void announceStop() {
    stopping = true;
    for (ServiceRequestContext context : running) {
      onLoop(
          connection(context),
          () -> {
            // A caller whose response said nothing of an end may send another request.
            if (!context.sessionProtocol().isMultiplex()
                && !context.log().isAvailable(RequestLogProperty.RESPONSE_HEADERS)) {
              var unused = context.initiateConnectionShutdown();
            }
          });
    }
  }

  /** Those over which somebody has connected. */
  Set<Channel> ports() {
    return ports;
  }

  /** Closes the ports. Returns when all who had connected by then are accepted. */
  void stopAccepting() {
    List<Channel> listening = ports.stream().filter(Channel::isOpen).toList();
    for (Channel port : listening) {
      port.eventLoop().execute(() -> closeAfterLastAccepts(port));
    }
    for (Channel port : listening) {
      boolean unused = port.closeFuture().awaitUninterruptibly(PORT_CLOSE_MILLIS);
    }
  }

  /** What its loop does later comes after a look at the port; the kernel resets who then waits. */
  private static void closeAfterLastAccepts(Channel port) {
    Runnable close =
        () -> {
          var unused = port.close();
        };
    var unused = port.eventLoop().schedule(close, LAST_ACCEPTS_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Closes the connections on which no request runs now, and has the others close as soon as none
   * does. HTTP/2 announces it with a GOAWAY that leaves every stream alive, and sends the last one
   * a second later.
   *
   * @param patient whether to let new connections send a request; and whether a GOAWAY waits for a
   *     moment without requests, since some clients, Java 17's among them, fail those that run when
   *     it comes
   */
  void closeIdle(boolean patient) {
    closing = true;
    for (ServiceRequestContext context : running) {
      if (!patient || !context.sessionProtocol().isMultiplex()) {
        onLoop(
            connection(context),
            () -> {
              var unused = context.initiateConnectionShutdown();
            });
      }
    }
    for (Channel connection : open) {
      onLoop(
          connection,
          () -> {
            Requests requests = connection.attr(REQUESTS).get();
            if (requests.running == 0 && (requests.any || !patient || isHttp2(connection))) {
              var unused = connection.close();
            }
          });
    }
  }

  /** Answers every running request with a 503. */
  void cutOff() {
    running.forEach(context -> context.cancel(ShuttingDownException.get()));
  }

  /** Ends the connections of callers who have not read a response so long after they asked. */
  void endUnread(Duration limit) {
    long now = System.nanoTime();
    for (ServiceRequestContext context : running) {
      if (now - context.log().partial().requestStartTimeNanos() > limit.toNanos()) {
        Channel connection = connection(context);
        onLoop(connection, () -> reset(connection));
      }
    }
  }

  /** At once, whatever is still to be sent, in this process and in the kernel. */
  private static void reset(Channel connection) {
    // From here on: HTTP/2 would first wait for its streams.
    ChannelHandlerContext first = connection.pipeline().firstContext();
    if (connection.isActive() && first != null) {
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
      var unused = first.close();
    }
  }

  private static boolean isHttp2(Channel connection) {
    return connection.pipeline().get(Http2ConnectionHandler.class) != null;
  }

  private static Channel connection(ServiceRequestContext context) {
    return context.log().partial().channel();
  }

  private static void onLoop(Channel connection, Runnable task) {
    if (connection.eventLoop().inEventLoop()) {
      task.run();
    } else {
      connection.eventLoop().execute(task);
    }
  }
}
