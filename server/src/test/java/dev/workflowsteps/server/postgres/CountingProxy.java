package dev.workflowsteps.server.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its server on loopback and counts round trips: how often the client
 * began to speak after the server had. Can fall silent, as a machine that lost its power.
 */
final class CountingProxy implements AutoCloseable {

  private static final int PIECE = 64 << 10;

  private final ServerSocket listener;
  private final int target;
  private final AtomicInteger roundTrips = new AtomicInteger();
  private volatile boolean silent;

  CountingProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Since this was called last. */
  int roundTrips() {
    return roundTrips.getAndSet(0);
  }

  /** From now on passes nothing on, and ends no connection. */
  void fallSilent() {
    silent = true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicBoolean clientSpeaks = new AtomicBoolean();
        daemon(() -> pass(client, server, () -> clientSpoke(clientSpeaks)));
        daemon(() -> pass(server, client, () -> clientSpeaks.set(false)));
      }
    } catch (IOException closed) {
      // The end of the test.
    }
  }

  private void clientSpoke(AtomicBoolean clientSpeaks) {
    if (!clientSpeaks.getAndSet(true)) {
      roundTrips.incrementAndGet();
    }
  }

  private void pass(Socket from, Socket to, Runnable heard) {
    byte[] piece = new byte[PIECE];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        heard.run();
        if (!silent) {
          out.write(piece, 0, length);
          out.flush();
        }
      }
    } catch (IOException closed) {
      // Either side went away; the other one is told by the closing.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "counting-proxy");
    thread.setDaemon(true);
    thread.start();
  }
}
