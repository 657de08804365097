package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.OwnThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private Path path;
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    path = directory.resolve("socket");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), 1);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void bytes_goBothWays_whateverTheirNumber() throws Exception {
    byte[] sent = new byte[3_000_001];
    new Random(1).nextBytes(sent);
    try (UnixSocket socket = new UnixSocket(path);
        SocketChannel peer = server.accept()) {
      CompletableFuture<Void> echo =
          CompletableFuture.runAsync(() -> echo(peer, sent.length), OwnThread.EACH);
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(() -> send(socket.getOutputStream(), sent), OwnThread.EACH);

      assertThat(sending).succeedsWithin(PATIENCE);
      assertThat(echo).isNotCompletedExceptionally();
      assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      assertThat(echo).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void read_atTheEnd_isMinusOne() throws Exception {
    try (UnixSocket socket = new UnixSocket(path)) {
      server.accept().close();

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void read_withATimeout_endsThen_andTheSocketStaysUsable() throws Exception {
    try (UnixSocket socket = new UnixSocket(path);
        SocketChannel peer = server.accept()) {
      socket.setSoTimeout(20);
      InputStream in = socket.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);

      peer.write(ByteBuffer.wrap(new byte[] {42}));

      assertThat(in.read()).isEqualTo(42);
    }
  }

  @Test
  void interrupt_closesNothing_andIsKept() throws Exception {
    try (UnixSocket socket = new UnixSocket(path);
        SocketChannel peer = server.accept()) {
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  socket.getInputStream().read();
                  interrupted.complete(Thread.currentThread().isInterrupted());
                } catch (IOException e) {
                  interrupted.completeExceptionally(e);
                }
              });
      reader.start();
      await().atMost(PATIENCE).until(() -> isInSelect(reader));
      reader.interrupt();
      await().atMost(PATIENCE).until(() -> isInSelect(reader) && !reader.isInterrupted());
      assertThat(interrupted).isNotDone();

      peer.write(ByteBuffer.wrap(new byte[] {42}));

      assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static boolean isInSelect(Thread thread) {
    return List.of(thread.getStackTrace()).stream()
        .anyMatch(frame -> frame.getMethodName().equals("select"));
  }

  @Test
  void close_byAnotherThread_endsARead() throws Exception {
    try (UnixSocket socket = new UnixSocket(path);
        SocketChannel peer = server.accept()) {
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(() -> read(socket.getInputStream()), OwnThread.EACH);
      socket.close();

      assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasStackTraceContaining("Socket closed");
      assertThat(socket.isClosed()).isTrue();
      assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void connect_whereNobodyListens_isRefused_withThePath() throws IOException {
    server.close();

    assertThatThrownBy(() -> new UnixSocket(path))
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith(path + ": ");
  }

  /** As with a server that is stopped: it must not hold up whoever connects. */
  @Test
  void connect_whileTheQueueIsFull_isRefused() throws IOException {
    List<UnixSocket> waiting = new ArrayList<>();
    try {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  waiting.add(new UnixSocket(path));
                }
              })
          .isInstanceOf(ConnectException.class)
          .hasMessageStartingWith(path + ": ");
    } finally {
      for (UnixSocket socket : waiting) {
        socket.close();
      }
    }
  }

  private static void echo(SocketChannel peer, int length) {
    try {
      ByteBuffer all = ByteBuffer.allocate(length);
      while (all.hasRemaining()) {
        peer.read(all);
      }
      all.flip();
      while (all.hasRemaining()) {
        peer.write(all);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int read(InputStream in) {
    try {
      return in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
