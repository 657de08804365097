package dev.workflowsteps.server;

import java.io.IOException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Connects to a port of this machine that speaks TLS. */
public final class TlsClient {

  private static final int HANGS_MILLIS = 9_000;

  /** Before the handshake. */
  public static SSLSocket connect(SSLContext trust, int port) throws IOException {
    SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(HANGS_MILLIS);
    return socket;
  }

  /**
   * What both sides agree on if the client speaks this version of TLS and these protocols: both, by
   * their names.
   */
  public static String agreement(SSLContext trust, int port, String version, String... protocols)
      throws IOException {
    try (SSLSocket socket = connect(trust, port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      parameters.setApplicationProtocols(protocols);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getSession().getProtocol() + " " + socket.getApplicationProtocol();
    }
  }

  private TlsClient() {}
}
