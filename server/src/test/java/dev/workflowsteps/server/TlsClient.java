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
    try (SSLSocket socket = handshake(trust, port, version, protocols)) {
      return socket.getSession().getProtocol() + " " + socket.getApplicationProtocol();
    }
  }

  /**
   * Whether a server of HTTP/2 takes this client, whose sessions are resumed if the server lets
   * them. It sends its settings then; in TLS 1.3 the client has ended the handshake before the
   * server decides.
   */
  public static boolean isAccepted(SSLContext client, int port, String version) {
    try (SSLSocket socket = handshake(client, port, version, "h2")) {
      return socket.getInputStream().read(new byte[100]) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** After the handshake, by which both agree on a version of TLS and a protocol. */
  public static SSLSocket handshake(
      SSLContext context, int port, String version, String... protocols) throws IOException {
    SSLSocket socket = connect(context, port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private TlsClient() {}
}
