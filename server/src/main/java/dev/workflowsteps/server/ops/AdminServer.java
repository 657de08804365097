package dev.workflowsteps.server.ops;

import com.sun.net.httpserver.HttpServer;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.StartupException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The admin port, for scrapers and orchestrators: {@code /metrics}, {@code /livez}, {@code
 * /readyz}, {@code /info}. It needs no key, so it listens on loopback by default. It has its own
 * threads, so it responds even when the server is busy.
 */
public final class AdminServer implements AutoCloseable {

  private static final int BACKLOG = 32;
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 32;

  private final HttpServer server;
  private final ExecutorService executor;
  private final String host;

  private AdminServer(HttpServer server, ExecutorService executor, String host) {
    this.server = server;
    this.executor = executor;
    this.host = host;
  }

  /**
   * Opens the port and serves requests from then on.
   *
   * @param host a name or an address
   * @param port 0 = any free one
   * @param allowedHosts names under which it answers, beside IP addresses, localhost and {@code
   *     host}
   * @throws StartupException with {@code CONFIGURATION} if the port can't be opened
   */
  public static AdminServer start(
      String host,
      int port,
      List<String> allowedHosts,
      PrometheusMeterRegistry registry,
      Readiness readiness,
      BuildInfo build) {
    limitSlowCallers();
    HttpServer server = bind(host, port);
    ExecutorService executor = executor();
    server.setExecutor(executor);
    AllowedHosts hosts = new AllowedHosts(Stream.concat(Stream.of(host), allowedHosts.stream()));
    server.createContext("/", new AdminPages(registry, readiness, build, hosts));
    server.start();
    return new AdminServer(server, executor, host);
  }

  /** Where it listens, with the actual port if any free one was asked for. */
  public HostPort address() {
    return new HostPort(host, server.getAddress().getPort());
  }

  /** Stops at once; a response that is being sent may be cut off. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  /**
   * By default the JDK's server waits forever for the rest of a request, so four callers that send
   * half of one would block the port. Only these system properties change that. Its limit of
   * connections is off: in Java 25 a client who resets one during the response counts for ever.
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
    try {
      // The lookup throws where the address would only be left unresolved.
      return HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
    } catch (UnknownHostException e) {
      throw failure(host, port, "the host name is not known; correct --admin-host", e);
    } catch (IOException e) {
      String remedy = "; choose another with --admin-port (0 = any free one) or --admin-host";
      throw failure(host, port, e.getMessage() + remedy, e);
    }
  }

  private static StartupException failure(String host, int port, String why, Exception cause) {
    return new StartupException(
        ExitCode.CONFIGURATION,
        "admin port %d can't be opened on %s: %s".formatted(port, host, why),
        cause);
  }

  private static ExecutorService executor() {
    var count = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREADS,
        THREADS,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MAX_WAITING),
        task -> {
          var thread = new Thread(task, "admin-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
