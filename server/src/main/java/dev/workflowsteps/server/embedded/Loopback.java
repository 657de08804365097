package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of 127.0.0.1. */
@SuppressWarnings("AddressSelection") // HOST is an address, there is nothing to look up
final class Loopback {

  static final String HOST = "127.0.0.1";

  /** PostgreSQL's question whether the server speaks TLS, which needs no account to be answered. */
  private static final byte[] TLS_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

  private static final int PATIENCE_MILLIS = 2_000;

  private Loopback() {}

  /** A port that nobody listens on at this moment. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Whether a PostgreSQL answers there. */
  static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(HOST, port), PATIENCE_MILLIS);
      socket.getOutputStream().write(TLS_REQUEST);
      int answer = socket.getInputStream().read();
      return answer == 'N' || answer == 'S';
    } catch (IOException e) {
      return false;
    }
  }
}
