package dev.workflowsteps.adapter.rest;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.workflowsteps.adapter.http.Cors;
import dev.workflowsteps.adapter.http.HttpErrorHandler;
import dev.workflowsteps.adapter.http.StaticPage;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.contract.AccessLog;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** REST on a port, over HTTP/1.1 and HTTP/2. */
public final class RestServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

  /** That a port accepts before it looks at what else is due. */
  private static final int MOST_ACCEPTED = 10_000;

  /** That a connection may have open. */
  private static final int MOST_STREAMS = 128;

  /** An id of 256 bytes takes 768 when it is percent-encoded, and there may be many. */
  private static final int MOST_HEADER_BYTES = 32 << 10;

  private static final int MOST_BODY_BYTES = 16 << 10;

  /** The server answers first: its caller is then told the deadline that it knows of. */
  private static final Duration MARGIN = Duration.ofMillis(500);

  /**
   * A caller who is slower with a response than the limit has its connection ended so much later.
   */
  private static final Duration UNREAD_CHECK = Duration.ofSeconds(1);

  /** So long may it take to answer what outlasted the drain. */
  private static final Duration CUT_OFF = Duration.ofSeconds(2);

  /** So long may it take to close what outlasted even that. */
  private static final Duration ABORT = Duration.ofSeconds(1);

  private static final int POLL_MILLIS = 10;

  /** A port takes all who wait at once, and not only some before it looks at what else is due. */
  private static final RecvByteBufAllocator EVERY_CONNECTION =
      new ServerChannelRecvByteBufAllocator()
          .respectMaybeMoreData(false)
          .maxMessagesPerRead(MOST_ACCEPTED);

  private static final Pattern AUTHORITY = Pattern.compile("^[^/?#]*://[^/?#]*");

  private final RestOptions options;
  private final StrictRequests strictRequests = new StrictRequests();
  private final ConnectionGuard guard;
  final Connections connections;
  private final TimeLimits limits;
  private final EventLoopGroup workers;
  private final List<String> routes;
  private final RestService service;
  private final Server server;

  /**
   * Compiles the routes.
   *
   * @param guard of its connections
   * @param upstream answers the calls; stays the caller's. Responses are written and compressed on
   *     its executor, which must not be that of an event loop
   * @param services whose methods become routes
   * @param pages served beside them
   * @param accessLog stays the caller's
   * @throws IllegalArgumentException if one can't be translated
   */
  public RestServer(
      RestOptions options,
      ConnectionGuard guard,
      UnaryChannel upstream,
      List<ServiceDescriptor> services,
      List<StaticPage> pages,
      RequestTimes times,
      AccessLog accessLog) {
    this(options, TimeLimits.DEFAULT, guard, upstream, services, pages, times, accessLog);
  }

  RestServer(
      RestOptions options,
      TimeLimits limits,
      ConnectionGuard guard,
      UnaryChannel upstream,
      List<ServiceDescriptor> services,
      List<StaticPage> pages,
      RequestTimes times,
      AccessLog accessLog) {
    this.options = options;
    this.limits = limits;
    this.guard = guard;
    this.connections = new Connections(guard);
    List<RestRoute> routes =
        services.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(RestRoute::of)
            .flatMap(Optional::stream)
            .toList();
    this.routes = routes.stream().map(RestRoute::template).toList();
    Cors cors = new Cors(options.corsOrigins());
    this.service =
        new RestService(
            routes,
            pages,
            new Upstream(upstream, options.requestTimeout()),
            strictRequests,
            connections,
            cors,
            new FinishedRequests(routes, times, accessLog));
    this.workers = EventLoopGroups.newEventLoopGroup(Runtime.getRuntime().availableProcessors());
    this.server = server(cors, accessLog);
  }

  /**
   * Listens, and answers from then on.
   *
   * @throws UncheckedIOException if it can't listen there; the message is a sentence for the user
   */
  public void start() {
    var unused =
        workers
            .next()
            .scheduleWithFixedDelay(
                () -> connections.endUnread(options.requestTimeout().plus(limits.write())),
                UNREAD_CHECK.toMillis(),
                UNREAD_CHECK.toMillis(),
                TimeUnit.MILLISECONDS);
    try {
      server.start().join();
    } catch (CompletionException e) {
      close();
      throw new UncheckedIOException(
          "REST port %d can't be opened on %s (%s): stop what listens there, or choose another with --rest-port (0 = any free one)"
              .formatted(options.port(), options.host(), e.getCause().getMessage()),
          new IOException(e.getCause()));
    }
  }

  /** The port that was bound. */
  public int port() {
    return server.activeLocalPort();
  }

  /** The templates of the paths that call the server. */
  public List<String> routes() {
    return routes;
  }

  /** Asks callers to connect elsewhere: every HTTP/1 connection ends with its next response. */
  public void announceStop() {
    connections.announceStop();
  }

  /**
   * Takes no new connections and lets the running requests end; what outlasts the drain is a 503.
   */
  @Override
  public void close() {
    announceStop();
    connections.stopAccepting();
    connections.closeIdle(true);
    long begin = System.nanoTime();
    Duration drain = options.drainTimeout();
    BooleanSupplier connected = () -> server.numConnections() > 0;
    await(connected, begin, shorter(limits.patience(), drain));
    connections.closeIdle(false);
    await(connected, begin, drain);
    connections.cutOff();
    await(connected, begin, drain.plus(CUT_OFF));
    stop();
    await(
        () -> connected.getAsBoolean() || !server.activePorts().isEmpty(),
        begin,
        drain.plus(CUT_OFF).plus(ABORT));
    var unused = workers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Waits while it is so, for at most so long since the begin. */
  private static void await(BooleanSupplier still, long begin, Duration most) {
    while (still.getAsBoolean() && System.nanoTime() - begin < most.toNanos()) {
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Does not wait for Armeria's own end: its threads that accepted stay idle for two seconds. */
  private void stop() {
    var unused =
        server
            .stop()
            .exceptionally(
                e -> {
                  LOG.warn("REST did not stop in order", e);
                  return null;
                });
  }

  private Server server(Cors cors, AccessLog accessLog) {
    ServerBuilder builder = Server.builder();
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    options
        .tls()
        .ifPresentOrElse(
            tls -> builder.https(address).tls(tls.identity()), () -> builder.http(address));
    // Who watches Armeria, as OpenTelemetry's agent does, learns the route from it.
    routes.stream().map(RestServer::route).forEach(route -> builder.service(route, service));
    HttpHeaders ofEveryResponse = options.tls().map(RestTls::headers).orElse(HttpHeaders.of());
    return builder
        .workerGroup(workers, false)
        .bossGroupFactory(name -> new AcceptingLoop(name, guard.acceptor()))
        // Whoever is not accepted when the port closes is reset.
        .channelOption(ChannelOption.RECVBUF_ALLOCATOR, EVERY_CONNECTION)
        .serviceUnder("/", service)
        .childChannelPipelineCustomizer(this::watch)
        .absoluteUriTransformer(RestServer::withoutAuthority)
        .setHeaders(ofEveryResponse)
        .errorHandler(new HttpErrorHandler(cors, ofEveryResponse, accessLog))
        .disableServerHeader()
        // Each response has one already.
        .disableDateHeader()
        // What is worth a line of the log is logged where it is answered.
        .unloggedExceptionsReportInterval(Duration.ZERO)
        .http2MaxStreamsPerConnection(MOST_STREAMS)
        // The guard counts them, and in a way that honest clients don't mind.
        .http2MaxResetFramesPerWindow(0, 1)
        .http1MaxInitialLineLength(MOST_HEADER_BYTES)
        .http1MaxHeaderSize(MOST_HEADER_BYTES)
        .http2MaxHeaderListSize(MOST_HEADER_BYTES)
        .maxRequestLength(MOST_BODY_BYTES)
        .requestTimeout(options.requestTimeout().plus(MARGIN))
        // A request that is not there yet counts as none, and only whole heads end the idling.
        .idleTimeout(options.requestTimeout())
        .build();
  }

  private static Route route(String template) {
    return template.contains("{")
        ? Route.builder().path(template).build()
        : Route.builder().exact(template).build();
  }

  private void watch(ChannelPipeline pipeline) {
    connections.opened(pipeline.channel());
    strictRequests.watch(pipeline);
    if (options.tls().isPresent()) {
      pipeline.addLast(new HandshakeLimit(limits.handshake()));
    }
  }

  /** HTTP has every server take {@code GET http://host/path}, as proxies send it. */
  static String withoutAuthority(String uri) {
    String target = AUTHORITY.matcher(uri).replaceFirst("");
    return target.startsWith("/") ? target : "/" + target;
  }
}
