package dev.workflowsteps.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Lets tests that know only plaintext speak to a TLS port: what arrives on this port goes there
 * encrypted, byte by byte. So does the end of what either side sends.
 */
public final class TlsTunnel implements AutoCloseable {

  private final ServerSocket listener;
  private final SSLContext trust;
  private final int target;
  private final String protocol;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * @param trust trusts the target, by the name localhost
   * @param protocol what each handshake asks for by ALPN
   */
  public TlsTunnel(SSLContext trust, int target, String protocol) {
    this.trust = trust;
    this.target = target;
    this.protocol = protocol;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      open.add(client);
      run(() -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException {
    try (client;
        SSLSocket server = (SSLSocket) trust.getSocketFactory().createSocket("localhost", target)) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      SSLParameters parameters = server.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      server.setSSLParameters(parameters);
      server.startHandshake();
      run(
          () -> {
            pump(client.getInputStream(), server.getOutputStream());
            server.shutdownOutput();
          });
      pump(server.getInputStream(), client.getOutputStream());
    }
  }

  private static void pump(InputStream in, OutputStream out) throws IOException {
    byte[] bytes = new byte[16 << 10];
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      out.write(bytes, 0, n);
      out.flush();
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException ended) {
                // By one of the two sides, or by the test.
              }
            },
            "tls-tunnel");
    thread.setDaemon(true);
    thread.start();
  }
}
