package dev.workflowsteps.adapter.upstream;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
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
      SslContextBuilder builder = GrpcSslContexts.forClient().protocols("TLSv1.3", "TLSv1.2");
      trust.ifPresent(builder::trustManager);
      identity.ifPresent(builder::keyManager);
      SslContext context = builder.build();
      // A resumed session skips the check, also by CAs that are trusted no more.
      forbidResumption(context.sessionContext());
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Never; with Java's own TLS, which knows no such word, for a second. */
  private static void forbidResumption(SSLSessionContext sessions) {
    if (sessions instanceof OpenSslSessionContext openSsl) {
      openSsl.setSessionCacheEnabled(false);
    } else {
      sessions.setSessionTimeout(1);
    }
  }
}
