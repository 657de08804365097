package dev.workflowsteps.server.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS on the gRPC port.
 *
 * @param identity the server's certificate and key
 * @param clients trusts the certificates that clients must then show; empty = they need none
 */
public record GrpcTls(KeyManagerFactory identity, Optional<X509ExtendedTrustManager> clients) {

  /** Provider and ciphers are gRPC's choice. */
  SslContext context() {
    try {
      SslContextBuilder context =
          GrpcSslContexts.configure(SslContextBuilder.forServer(identity))
              .protocols("TLSv1.3", "TLSv1.2");
      clients.ifPresent(trust -> context.trustManager(trust).clientAuth(ClientAuth.REQUIRE));
      return context.build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
