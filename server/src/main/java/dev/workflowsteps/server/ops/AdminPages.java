package dev.workflowsteps.server.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of the admin port. */
final class AdminPages implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(AdminPages.class);

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final Readiness readiness;
  private final BuildInfo build;

  AdminPages(PrometheusMeterRegistry registry, Readiness readiness, BuildInfo build) {
    this.registry = registry;
    this.readiness = readiness;
    this.build = build;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange).send(exchange);
    }
  }

  private AdminAnswer answer(HttpExchange exchange) {
    try {
      return page(exchange);
    } catch (IOException | RuntimeException e) {
      log.warn("{} of the admin port failed.", exchange.getRequestURI().getPath(), e);
      return AdminAnswer.text(500, "failed, see the log");
    }
  }

  private AdminAnswer page(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    return switch (path) {
      case "/metrics", "/livez", "/readyz", "/info" ->
          readOnly(exchange) ? known(path, exchange) : methodNotAllowed(exchange);
      default -> AdminAnswer.text(404, "not found (there are /metrics, /livez, /readyz, /info)");
    };
  }

  private AdminAnswer known(String path, HttpExchange exchange) throws IOException {
    return switch (path) {
      case "/metrics" -> metrics(exchange);
      case "/readyz" -> ready();
      case "/info" -> info();
      default -> AdminAnswer.text(200, "ok");
    };
  }

  /** The registry has more formats; these two are what scrapers ask for. */
  private AdminAnswer metrics(HttpExchange exchange) throws IOException {
    String accept =
        String.join(",", exchange.getRequestHeaders().getOrDefault("Accept", List.of()));
    String format = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
    var out = new ByteArrayOutputStream(32_768);
    registry.scrape(out, format);
    return new AdminAnswer(200, format, out.toByteArray());
  }

  private AdminAnswer ready() {
    Readiness.Report report = readiness.report();
    return AdminAnswer.text(report.ready() ? 200 : 503, String.join("\n", report.lines()));
  }

  /** Versions hold nothing that JSON escapes. */
  private AdminAnswer info() {
    long seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000;
    return AdminAnswer.of(
        200,
        "application/json",
        "{\"name\":\"workflow-steps\",\"version\":\"%s\",\"java\":\"%s\",\"uptime_seconds\":%d}\n"
            .formatted(build.version(), build.java(), seconds));
  }

  private static boolean readOnly(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    return method.equals("GET") || method.equals("HEAD");
  }

  private static AdminAnswer methodNotAllowed(HttpExchange exchange) {
    exchange.getResponseHeaders().set("Allow", "GET, HEAD");
    return AdminAnswer.text(405, "method not allowed (GET and HEAD are)");
  }
}
