package dev.workflowsteps.server.ops;

import com.sun.net.httpserver.HttpServer;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.StartupException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The admin port, for scrapers and orchestrators: {@code /metrics}, {@code /livez}, {@code
 * /readyz}, {@code /info}. It asks for no key, so it listens on loopback unless configured. It has
 * threads of its own and answers while everything else is busy.
 */
public final class AdminServer implements AutoCloseable {

  private static final int BACKLOG = 32;
  private static final int THREADS = 4;
  private static final int WAITING = 32;

  private final HttpServer server;
  private final ExecutorService executor;
  private final String host;

  private AdminServer(HttpServer server, ExecutorService executor, String host) {
    this.server = server;
    this.executor = executor;
    this.host = host;
  }

  /**
   * Binds and answers from then on.
   *
   * @param host a name or an address
   * @param port 0 is any free one
   * @throws StartupException with {@code CONFIGURATION} if it can't listen there
   */
  public static AdminServer start(
      String host,
      int port,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      BuildInfo build) {
    limitSlowCallers();
    HttpServer server = bind(host, port);
    ExecutorService executor = executor();
    server.setExecutor(executor);
    server.createContext("/", new AdminPages(registry, readiness, build));
    server.start();
    return new AdminServer(server, executor, host);
  }

  /** Where it listens; the port is the real one also if any free one was asked for. */
  public HostPort address() {
    return new HostPort(host, server.getAddress().getPort());
  }

  /** Stops at once; an answer that is being sent may be cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  /**
   * By default the JDK's server waits for ever for the rest of a request, so four callers that send
   * half of one would block the port. It can be configured only by these properties.
   */
  private static void limitSlowCallers() {
    setDefault("sun.net.httpserver.maxReqTime", "10");
    setDefault("sun.net.httpserver.maxRspTime", "10");
    setDefault("sun.net.httpserver.nodelay", "true");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static HttpServer bind(String host, int port) {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw cannot(host, port, "the host name is not known; correct --admin-host", null);
    }
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (BindException e) {
      throw isTaken(e) ? taken(host, port, e) : cannot(host, port, e);
    } catch (IOException e) {
      throw cannot(host, port, e);
    }
  }

  private static boolean isTaken(SocketException e) {
    return String.valueOf(e.getMessage()).contains("in use");
  }

  private static StartupException taken(String host, int port, Exception cause) {
    return new StartupException(
        ExitCode.CONFIGURATION,
        "admin port %d is taken on %s: stop the program that listens there, or choose another with --admin-port (0 = any free one)."
            .formatted(port, host),
        cause);
  }

  private static StartupException cannot(String host, int port, Exception cause) {
    return cannot(
        host,
        port,
        cause.getMessage() + "; choose others with --admin-host and --admin-port",
        cause);
  }

  private static StartupException cannot(String host, int port, String why, Exception cause) {
    return new StartupException(
        ExitCode.CONFIGURATION,
        "admin port %d can't be opened on %s: %s.".formatted(port, host, why),
        cause);
  }

  private static ExecutorService executor() {
    var count = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREADS,
        THREADS,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(WAITING),
        task -> {
          var thread = new Thread(task, "admin-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
