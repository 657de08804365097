package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.SocketFactory;

/** Connects the JDBC driver to a Unix socket. The driver creates it by the name of this class. */
public final class UnixSocketFactory extends SocketFactory {

  private final Path path;

  /**
   * @param path of the socket
   */
  public UnixSocketFactory(String path) {
    this.path = Path.of(path);
  }

  /** A connected socket. */
  @Override
  public Socket createSocket() throws IOException {
    return SocketDirectory.connect(path);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw hasNoHost();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw hasNoHost();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw hasNoHost();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw hasNoHost();
  }

  private UnsupportedOperationException hasNoHost() {
    return new UnsupportedOperationException(
        "a Unix socket has a path, here " + path + ", and neither host nor port");
  }
}
