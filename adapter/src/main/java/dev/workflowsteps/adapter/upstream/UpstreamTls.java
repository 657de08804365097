package dev.workflowsteps.adapter.upstream;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS to the servers. Their names are checked.
 *
 * @param trust decides which certificates are good; empty = as Java does by itself
 * @param identity the certificate and key for servers that demand one
 */
public record UpstreamTls(
    Optional<X509ExtendedTrustManager> trust, Optional<KeyManagerFactory> identity) {

  SslContext context() {
    try {
      SslContextBuilder context = GrpcSslContexts.forClient().protocols("TLSv1.3", "TLSv1.2");
      trust.ifPresent(context::trustManager);
      identity.ifPresent(context::keyManager);
      return context.build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
