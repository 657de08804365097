package dev.workflowsteps.adapter.hostile;

import com.google.common.base.Throwables;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Over HTTP/1.1 or HTTP/2, in turn to those servers that are ready, as a load balancer does that
 * looks at {@code /readyz}.
 */
final class RestSender implements Sender {

  private static final int LOOKS_EVERY_MILLIS = 100;
  private static final HttpClient LOOKS =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<WebClient> clients = new ArrayList<>();
  private final RequestHeaders headers;
  private final AtomicInteger next = new AtomicInteger();
  private volatile List<WebClient> ready;

  RestSender(List<String> targets, Map<String, String> options, int patienceMillis) {
    String ca = options.get("ca");
    ClientFactory factory =
        ClientFactory.builder()
            .workerGroup(2)
            .maxNumEventLoopsPerEndpoint(2)
            // By default it would give up after 3.2 s, and below after one.
            .connectTimeoutMillis(patienceMillis)
            // Less than any server here waits: it may end an idle connection just when a request is
            // sent on it.
            .idleTimeoutMillis(1_000)
            .tlsCustomizer(tls -> trust(tls, ca))
            .build();
    String scheme =
        (options.get("protocol").equals("http2") ? "h2" : "h1") + (ca == null ? "c" : "");
    for (String target : targets) {
      clients.add(
          WebClient.builder(scheme + "://" + target)
              .factory(factory)
              .writeTimeoutMillis(patienceMillis)
              .responseTimeoutMillis(patienceMillis)
              .maxResponseLength(0)
              .build());
    }
    headers =
        RequestHeaders.of(
            HttpMethod.GET,
            "/v1/workflows/steps?run_id=" + options.get("run") + "&limit=" + options.get("limit"),
            "api-key",
            options.get("key"));
    ready = clients;
    if (targets.size() > 1) {
      look(List.of(options.get("admins").split(",")));
      Thread balancer = new Thread(() -> keepLooking(List.of(options.get("admins").split(","))));
      balancer.setDaemon(true);
      balancer.start();
    }
  }

  private static void trust(SslContextBuilder tls, String ca) {
    if (ca != null) {
      tls.trustManager(new File(ca));
    }
  }

  @Override
  public Runnable send(Consumer<String> ended) {
    List<WebClient> now = ready;
    WebClient client = now.get(Math.floorMod(next.getAndIncrement(), now.size()));
    HttpResponse response = client.execute(headers);
    response
        .aggregate()
        .handle(
            (answer, failure) -> {
              ended.accept(
                  failure == null
                      ? answer.status().codeAsText()
                      : Sent.BROKEN + failure.getClass().getSimpleName() + cause(failure));
              return null;
            });
    return response::abort;
  }

  /** For example {@code /ConnectTimeoutException}; empty if the failure has none. */
  private static String cause(Throwable failure) {
    Throwable root = Throwables.getRootCause(failure);
    return root == failure ? "" : "/" + root.getClass().getSimpleName();
  }

  private void keepLooking(List<String> admins) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOKS_EVERY_MILLIS);
        look(admins);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(List<String> admins) {
    List<WebClient> found = new ArrayList<>();
    for (int i = 0; i < admins.size(); i++) {
      if (isReady(admins.get(i))) {
        found.add(clients.get(i));
      }
    }
    if (!found.isEmpty()) {
      ready = found;
    }
  }

  private static boolean isReady(String admin) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + admin + "/readyz"))
              .timeout(Duration.ofSeconds(1))
              .build();
      return LOOKS.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException away) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
