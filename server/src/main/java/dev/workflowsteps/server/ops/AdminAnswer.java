package dev.workflowsteps.server.ops;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One answer of the admin port. The body is the one to a GET; HEAD is told its length only. */
record AdminAnswer(int status, String contentType, byte[] body) {

  private static final int NO_BODY = -1;

  static AdminAnswer text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text + "\n");
  }

  static AdminAnswer of(int status, String contentType, String body) {
    return new AdminAnswer(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  void send(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, NO_BODY);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
