package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.config.DatabaseUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and its server on loopback and counts round trips: how often the client
 * began to speak after the server had. Can fall silent, as a machine that lost its power.
 */
final class CountingProxy implements AutoCloseable {

  private static final int PIECE = 64 << 10;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final AtomicInteger roundTrips = new AtomicInteger();
  private volatile boolean silent;
  private volatile int silentAt = Integer.MAX_VALUE;

  /**
   * @param url of the server
   */
  CountingProxy(DatabaseUrl url) throws IOException {
    URI address = URI.create(url.jdbcUrl().substring("jdbc:".length()));
    this.target = new InetSocketAddress(address.getHost(), address.getPort());
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  /** Of the same database, through this. */
  DatabaseUrl through(DatabaseUrl direct) {
    String place = "//127.0.0.1:" + listener.getLocalPort() + '/';
    return new DatabaseUrl(
        direct.jdbcUrl().replaceFirst("//[^/]+/", place), direct.user(), direct.password());
  }

  /** Since this was called last. */
  int roundTrips() {
    return roundTrips.getAndSet(0);
  }

  /** The connection that makes this round trip, counted from now on, hears nothing any more. */
  void fallSilentAt(int roundTrip) {
    roundTrips.set(0);
    silentAt = roundTrip;
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
        Socket server = new Socket(target.getAddress(), target.getPort());
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicBoolean clientSpeaks = new AtomicBoolean();
        AtomicBoolean lost = new AtomicBoolean();
        daemon(() -> pass(client, server, lost, () -> clientSpoke(clientSpeaks, lost)));
        daemon(() -> pass(server, client, lost, () -> clientSpeaks.set(false)));
      }
    } catch (IOException closed) {
      // The end of the test.
    }
  }

  private void clientSpoke(AtomicBoolean clientSpeaks, AtomicBoolean lost) {
    if (!clientSpeaks.getAndSet(true) && roundTrips.incrementAndGet() == silentAt) {
      lost.set(true);
    }
  }

  private void pass(Socket from, Socket to, AtomicBoolean lost, Runnable heard) {
    byte[] piece = new byte[PIECE];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        heard.run();
        if (!silent && !lost.get()) {
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
