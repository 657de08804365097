package dev.workflowsteps.server.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A Unix socket with what the JDBC driver needs of a socket. The JDK has Unix sockets only as
 * channels, which know no timeouts, and which an interrupt closes while they block. So this one
 * blocks in its selector alone.
 *
 * <p>For one thread at a time; any may close it, which ends a read or a write.
 */
final class UnixSocket extends Socket {

  /** The JDK copies what is read and written to memory outside the heap, and keeps that. */
  private static final int PIECE = 64 << 10;

  private static final long FOREVER = 0;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private volatile int timeoutMillis;

  /**
   * Connects.
   *
   * @throws ConnectException if nobody listens there, or too many wait to be let in
   */
  UnixSocket(Path path) throws IOException {
    super((SocketImpl) null);
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      selector = channel.provider().openSelector();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    try {
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(path))) {
        throw new ConnectException("too many connections wait there");
      }
      key = channel.register(selector, 0);
    } catch (IOException e) {
      close();
      throw (ConnectException) new ConnectException(path + ": " + e.getMessage()).initCause(e);
    }
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : receive(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        send(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  private int receive(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer piece = ByteBuffer.wrap(bytes, offset, Math.min(length, PIECE));
    try {
      int count = channel.read(piece);
      if (count == 0) {
        await(SelectionKey.OP_READ, timeoutMillis);
        count = channel.read(piece);
      }
      return count;
    } catch (ClosedChannelException | ClosedSelectorException | CancelledKeyException e) {
      throw closed(e);
    }
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    try {
      for (int at = offset; at < end; ) {
        int count = channel.write(ByteBuffer.wrap(bytes, at, Math.min(end - at, PIECE)));
        if (count == 0) {
          await(SelectionKey.OP_WRITE, FOREVER);
        }
        at += count;
      }
    } catch (ClosedChannelException | ClosedSelectorException | CancelledKeyException e) {
      throw closed(e);
    }
  }

  private static SocketException closed(Exception cause) {
    return (SocketException) new SocketException("Socket closed").initCause(cause);
  }

  /**
   * Until the channel is ready. An interrupt is kept for later, as other sockets do.
   *
   * @param millis 0 = forever
   */
  private void await(int operation, long millis) throws IOException {
    key.interestOps(operation);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    boolean interrupted = false;
    try {
      while (selector.select(ready -> {}, left) == 0) {
        interrupted |= Thread.interrupted();
        if (millis != FOREVER) {
          left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public synchronized void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public synchronized int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
    // The channel's descriptor stays open until it leaves the selector.
    selector.close();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public synchronized int getSendBufferSize() throws SocketException {
    return size(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public synchronized int getReceiveBufferSize() throws SocketException {
    return size(StandardSocketOptions.SO_RCVBUF);
  }

  private int size(SocketOption<Integer> option) throws SocketException {
    try {
      return channel.getOption(option);
    } catch (IOException e) {
      throw closed(e);
    }
  }

  /** Options of TCP, which the driver sets on every socket. */
  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public boolean getTcpNoDelay() {
    return true;
  }

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public boolean getKeepAlive() {
    return false;
  }
}
