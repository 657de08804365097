package dev.workflowsteps.server;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A CA that is made for a test, and what it signs. */
public final class TestCa {

  private static final int VALID_DAYS = 3_650;

  private final X509Bundle root = selfSigned();

  private static X509Bundle selfSigned() {
    try {
      return create("test CA " + UUID.randomUUID())
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static CertificateBuilder create(String name) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .subject("CN=" + name)
        .notBefore(now.minus(1, ChronoUnit.DAYS))
        .notAfter(now.plus(VALID_DAYS, ChronoUnit.DAYS));
  }

  /** For this name, for localhost and for 127.0.0.1. */
  public X509Bundle sign(String name) {
    return sign(server(name));
  }

  /** To be changed before it is signed. */
  public static CertificateBuilder server(String name) {
    return create(name).addSanDnsName(name).addSanDnsName("localhost").addSanIpAddress("127.0.0.1");
  }

  public X509Bundle sign(CertificateBuilder certificate) {
    try {
      return certificate.buildIssuedBy(root);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its own certificate and key. */
  public X509Bundle root() {
    return root;
  }

  public String pem() {
    return root.getRootCertificatePEM();
  }

  /** The files {@code tls.crt} and {@code tls.key}, and the settings that name them. */
  public static Map<String, String> settings(Path folder, X509Bundle server) throws IOException {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    Files.writeString(certificate, server.getCertificatePathPEM());
    Files.writeString(key, server.getPrivateKeyPEM());
    return Map.of("tls-certificate", certificate.toString(), "tls-key", key.toString());
  }

  public static KeyManagerFactory keyManagers(X509Bundle identity) {
    try {
      return identity.toKeyManagerFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For a client that trusts this CA and shows nothing. */
  public SSLContext trusting() {
    return trusting(new KeyManager[0]);
  }

  /** For a client that trusts this CA and shows who it is. */
  public SSLContext trusting(X509Bundle client) {
    return trusting(keyManagers(client).getKeyManagers());
  }

  private SSLContext trusting(KeyManager[] own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, root.toTrustManagerFactory().getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
