package dev.workflowsteps.server.grpc;

import com.google.common.primitives.Longs;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS on the gRPC port.
 *
 * @param identity the server's certificate and key
 * @param clients trusts the certificates that clients must then show; empty = they need none
 */
public record GrpcTls(KeyManagerFactory identity, Optional<X509ExtendedTrustManager> clients) {

  static {
    // For each context Java asks whether to keep sessions itself. Those that it lets clients keep,
    // as tickets, don't end with the context's time limit.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  /** Provider and ciphers are gRPC's choice. */
  SslContext context() {
    try {
      SslContextBuilder builder =
          GrpcSslContexts.configure(SslContextBuilder.forServer(identity))
              .protocols("TLSv1.3", "TLSv1.2");
      clients.ifPresent(trust -> builder.trustManager(trust).clientAuth(ClientAuth.REQUIRE));
      SslContext context = builder.build();
      return clients.isPresent() ? new WithoutResumption(context) : context;
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lets no connection resume the session of another, which would skip the check of the client's
   * certificate, also by CAs that are trusted no more. OpenSSL gives clients tickets and resumes
   * sessions of the same id context only, so each connection gets one of its own. Java knows no
   * such word: its sessions end after a second.
   */
  private static final class WithoutResumption extends DelegatingSslContext {

    private final AtomicLong connections = new AtomicLong();

    WithoutResumption(SslContext context) {
      super(context);
      if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
        sessions.setSessionCacheEnabled(false);
      } else {
        context.sessionContext().setSessionTimeout(1);
      }
    }

    /** The id context is for the next connection: an engine keeps that with which it was made. */
    @Override
    protected void initEngine(SSLEngine engine) {
      if (sessionContext() instanceof OpenSslServerSessionContext sessions) {
        boolean unused =
            sessions.setSessionIdContext(Longs.toByteArray(connections.incrementAndGet()));
      }
    }
  }
}
