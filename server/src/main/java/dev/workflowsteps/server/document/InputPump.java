package dev.workflowsteps.server.document;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads an input in a thread of its own, so that the importer can stop waiting for bytes: a pipe
 * may stay open and silent, and a read can't be cancelled. Unpacks gzip. Holds at most about a
 * megabyte; then the writer of the pipe waits.
 */
final class InputPump implements AutoCloseable {

  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS = 16;

  /** What the input gave. */
  sealed interface Piece {}

  record Bytes(byte[] bytes) implements Piece {}

  record End() implements Piece {}

  record Broken(IOException cause) implements Piece {}

  /** The thread that reads could not go on; who takes this throws the error. */
  record Failed(Error error) implements Piece {}

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

  /** The next piece, as soon as there is one. Nothing follows one that holds no bytes. */
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

  /** Passes on all bytes and returns the piece that comes after them. */
  private Piece pumped() throws InterruptedException {
    try {
      InputStream lines = InputFormat.lines(in);
      byte[] buffer = new byte[CHUNK_BYTES];
      for (int n = lines.read(buffer); n >= 0; n = lines.read(buffer)) {
        pieces.put(new Bytes(Arrays.copyOf(buffer, n)));
      }
      return new End();
    } catch (IOException e) {
      return new Broken(e);
    } catch (RuntimeException e) {
      // A thread that ends without a last piece would leave the import waiting for ever.
      return new Broken(new IOException(e.toString(), e));
    } catch (Error e) {
      return new Failed(e);
    }
  }
}
