package dev.workflowsteps.server.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of the admin port. */
final class AdminPages implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(AdminPages.class);

  private static final List<String> PATHS = List.of("/metrics", "/livez", "/readyz", "/info");
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final Readiness readiness;
  private final BuildInfo build;
  private final AllowedHosts hosts;

  AdminPages(
      PrometheusMeterRegistry registry, Readiness readiness, BuildInfo build, AllowedHosts hosts) {
    this.hosts = hosts;
    this.registry = registry;
    this.readiness = readiness;
    this.build = build;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      response(exchange).send(exchange);
    }
  }

  private Response response(HttpExchange exchange) {
    try {
      return page(exchange);
    } catch (IOException | RuntimeException e) {
      log.warn("{} of the admin port failed.", exchange.getRequestURI().getPath(), e);
      return Response.text(500, "failed, see the log");
    }
  }

  private Response page(HttpExchange exchange) throws IOException {
    if (!hosts.allow(exchange.getRequestHeaders().getOrDefault("Host", List.of()))) {
      return Response.text(
          421,
          "host not allowed; use an IP address or localhost, or add the name to the setting"
              + " admin-allowed-hosts");
    }
    String path = exchange.getRequestURI().getPath();
    if (!PATHS.contains(path)) {
      return Response.text(404, "not found; the paths are " + String.join(", ", PATHS));
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Response.text(405, "method not allowed; use GET or HEAD");
    }
    return switch (path) {
      case "/metrics" -> metrics(exchange);
      case "/readyz" -> ready();
      case "/info" -> info();
      default -> Response.text(200, "ok");
    };
  }

  /** In one of the two formats that scrapers ask for; the registry has more. */
  private Response metrics(HttpExchange exchange) throws IOException {
    String accept =
        String.join(",", exchange.getRequestHeaders().getOrDefault("Accept", List.of()));
    String format = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
    var out = new ByteArrayOutputStream(32_768);
    registry.scrape(out, format);
    return new Response(200, format, out.toByteArray());
  }

  private Response ready() {
    Readiness.Report report = readiness.report();
    return Response.text(report.ready() ? 200 : 503, String.join("\n", report.lines()));
  }

  /** Versions contain nothing that JSON must escape. */
  private Response info() {
    long seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000;
    return Response.of(
        200,
        "application/json",
        "{\"name\":\"workflow-steps\",\"version\":\"%s\",\"java\":\"%s\",\"uptime_seconds\":%d}\n"
            .formatted(build.version(), build.java(), seconds));
  }

  private record Response(int status, String contentType, byte[] body) {

    private static final int NO_BODY = -1;

    static Response text(int status, String text) {
      return of(status, "text/plain; charset=utf-8", text + "\n");
    }

    static Response of(int status, String contentType, String body) {
      return new Response(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** HEAD gets the length of the body only. */
    void send(HttpExchange exchange) throws IOException {
      exchange.getResponseHeaders().set("Content-Type", contentType);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(status, NO_BODY);
      } else {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }
}
