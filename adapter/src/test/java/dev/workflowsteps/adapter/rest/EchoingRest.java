package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.workflowsteps.adapter.RawHttp;
import dev.workflowsteps.adapter.TlsTunnel;
import dev.workflowsteps.adapter.upstream.UnaryChannel;
import dev.workflowsteps.server.TestCa;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/** REST over {@link EchoingSteps}, and clients of it. */
final class EchoingRest implements AutoCloseable {

  private static final TestCa CA = new TestCa();

  private final Server upstream;
  private final ManagedChannel channel;
  private final RestServer rest;
  private final ClientFactory clients;
  private final Map<Protocol, TlsTunnel> tunnels = new EnumMap<>(Protocol.class);

  /** How a client speaks. */
  enum Protocol {
    H1C("http/1.1"),
    H2C("h2");

    private final String name;

    Protocol(String name) {
      this.name = name;
    }

    /** Its name in ALPN. */
    String alpn() {
      return name;
    }
  }

  /** What is below HTTP. */
  enum Transport {
    PLAINTEXT,
    /** Clients speak plaintext here too; a tunnel encrypts it. */
    TLS
  }

  EchoingRest(List<String> corsOrigins) {
    this(corsOrigins, Transport.PLAINTEXT);
  }

  EchoingRest(List<String> corsOrigins, Transport transport) {
    String name = UUID.randomUUID().toString();
    upstream = InProcessServerBuilder.forName(name).addService(new EchoingSteps()).build();
    try {
      upstream.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).build();
    rest =
        TestRest.server(
            new RestOptions(
                "127.0.0.1",
                0,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                corsOrigins,
                transport == Transport.TLS ? Optional.of(tls(Duration.ZERO)) : Optional.empty()),
            ConnectionGuard.NONE,
            UnaryChannel.of(channel));
    rest.start();
    if (transport == Transport.TLS) {
      for (Protocol protocol : Protocol.values()) {
        tunnels.put(protocol, tunnel(rest.port(), protocol));
      }
    }
    clients = ClientFactory.builder().build();
  }

  /** With a certificate that only {@link #tunnel} trusts. */
  static RestTls tls(Duration hstsMaxAge) {
    return new RestTls(TestCa.keyManagers(CA.sign("rest.test")), hstsMaxAge);
  }

  /** To a port with {@link #tls}. */
  static TlsTunnel tunnel(int port, Protocol protocol) {
    return new TlsTunnel(CA.trusting(), port, protocol.alpn());
  }

  /** For clients of {@link #tls}. */
  static SSLContext trusting() {
    return CA.trusting();
  }

  int port() {
    return port(Protocol.H1C);
  }

  int port(Protocol protocol) {
    return tunnels.isEmpty() ? rest.port() : tunnels.get(protocol).port();
  }

  AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder headers) {
    return send(protocol, headers, HttpData.empty());
  }

  AggregatedHttpResponse send(Protocol protocol, RequestHeadersBuilder headers, HttpData body) {
    return WebClient.builder(
            protocol.name().toLowerCase(Locale.ROOT) + "://127.0.0.1:" + port(protocol))
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
    tunnels.values().forEach(TlsTunnel::close);
    rest.close();
    channel.shutdownNow();
    upstream.shutdownNow();
  }
}
