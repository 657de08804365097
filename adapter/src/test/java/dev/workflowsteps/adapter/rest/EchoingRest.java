package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.proto.v1.StepsServiceProto;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** REST over {@link EchoingSteps}, and clients of it. */
final class EchoingRest implements AutoCloseable {

  private final Server upstream;
  private final ManagedChannel channel;
  private final RestServer rest;
  private final ClientFactory clients;

  /** How a client speaks. */
  enum Protocol {
    H1C,
    H2C
  }

  EchoingRest(List<String> corsOrigins) {
    String name = UUID.randomUUID().toString();
    upstream = InProcessServerBuilder.forName(name).addService(new EchoingSteps()).build();
    try {
      upstream.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).build();
    rest =
        new RestServer(
            new RestOptions(
                "127.0.0.1", 0, Duration.ofSeconds(30), Duration.ofSeconds(1), corsOrigins),
            ConnectionGuard.NONE,
            UnaryChannel.of(channel),
            StepsServiceProto.getDescriptor().getServices(),
            List.of(),
            (route, method, status, nanos) -> {});
    rest.start();
    // After the server, which sets what Armeria reads once.
    clients = ClientFactory.builder().build();
  }

  int port() {
    return rest.port();
  }

  AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder headers) {
    return send(protocol, headers, HttpData.empty());
  }

  AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder headers, HttpData body) {
    return WebClient.builder(protocol.name().toLowerCase(Locale.ROOT) + "://127.0.0.1:" + port())
        .factory(clients)
        .build()
        .execute(headers.build(), body)
        .aggregate()
        .join();
  }

  /**
   * What comes back until the server closes the connection.
   *
   * @param request but for the lines that each has; a character is a byte
   */
  String exchange(String request) throws IOException {
    return RawHttp.exchange(port(), request + "Host: x\r\nConnection: close\r\n\r\n");
  }

  @Override
  public void close() {
    clients.close();
    rest.close();
    channel.shutdownNow();
    upstream.shutdownNow();
  }
}
