package dev.workflowsteps.server.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads an input in a thread of its own, so that whoever waits for its bytes can stop waiting: a
 * pipe may stay open and silent, and a read cannot be given up. Unpacks gzip, told by its first two
 * bytes. Holds at most about a megabyte; who writes into the pipe waits meanwhile.
 */
final class InputPump implements AutoCloseable {

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS = 16;

  /** What the input gave. */
  sealed interface Piece {}

  record Bytes(byte[] bytes) implements Piece {}

  record End() implements Piece {}

  record Broken(IOException cause) implements Piece {}

  private final InputStream in;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(CHUNKS);
  private final Thread thread;

  private InputPump(InputStream in) {
    this.in = in;
    this.thread = new Thread(this::pump, "import-input");
    // A read from a silent pipe cannot be interrupted and must not keep the process alive.
    this.thread.setDaemon(true);
  }

  /** Begins to read. The stream stays the caller's to close. */
  static InputPump start(InputStream in) {
    InputPump pump = new InputPump(in);
    pump.thread.start();
    return pump;
  }

  /**
   * The next piece, as soon as there is one. Behind {@link End} and {@link Broken} nothing follows.
   */
  Piece take() throws InterruptedException {
    return pieces.take();
  }

  /** The next piece; null if none comes within the time. */
  Piece poll(Duration timeout) throws InterruptedException {
    return pieces.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends the reading, at once unless the thread is inside a read. */
  @Override
  public void close() {
    thread.interrupt();
  }

  private void pump() {
    try {
      pieces.put(pumped());
    } catch (InterruptedException e) {
      // Closed: nobody takes pieces any more.
      Thread.currentThread().interrupt();
    }
  }

  /** Passes on all bytes; the piece that comes behind them. */
  private Piece pumped() throws InterruptedException {
    try {
      InputStream plain = unpacked(in);
      byte[] buffer = new byte[CHUNK_BYTES];
      for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
        pieces.put(new Bytes(Arrays.copyOf(buffer, n)));
      }
      return new End();
    } catch (IOException e) {
      return new Broken(e);
    } catch (RuntimeException | Error e) {
      // Whatever it is: a thread that ends without a last piece would leave the import waiting for
      // ever.
      return new Broken(new IOException("the input cannot be read: " + e, e));
    }
  }

  private static InputStream unpacked(InputStream in) throws IOException {
    PushbackInputStream start = new PushbackInputStream(in, 2);
    int first = start.read();
    if (first < 0) {
      return start;
    }
    boolean gzip = false;
    if (first == 0x1F) {
      int second = start.read();
      gzip = second == 0x8B;
      if (second >= 0) {
        start.unread(second);
      }
    }
    start.unread(first);
    return gzip ? new GunzipStream(start) : start;
  }
}
