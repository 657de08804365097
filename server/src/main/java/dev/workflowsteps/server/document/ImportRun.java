package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.text.JsonText;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

/** One import: splits the input into lines and collects the lines in batches. */
final class ImportRun<D> {

  /**
   * A batch is written when it has this many lines. At about a thousand the round trip and the
   * commit no longer show in the cost of a row; a larger batch would only hold more memory and
   * locks.
   */
  private static final int MAX_ROWS = 1_000;

  /** A batch is written before it would pass this many bytes; only a single longer line does. */
  private static final int MAX_BYTES = 8 << 20;

  /** The longest that a batch waits for more lines: lines become durable within a second. */
  private static final Duration MAX_AGE = Duration.ofMillis(500);

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final DocumentReader<D> reader;
  private final LineSplitter lines;
  private final BatchWriter<D> writer;

  ImportRun(DocumentReader<D> reader, LineSplitter lines, BatchWriter<D> writer) {
    this.reader = reader;
    this.lines = lines;
    this.writer = writer;
  }

  /** Reads the input to its end. */
  void consume(InputPump pump) throws ImportFailedException, InterruptedException {
    while (true) {
      // While lines wait to be written, wait for more input only until the batch is due.
      InputPump.Piece piece = writer.lines() == 0 ? pump.take() : pump.poll(timeLeft());
      if (piece instanceof InputPump.Bytes bytes) {
        lines.feed(bytes.bytes());
        while (lines.next()) {
          line();
        }
      } else if (piece instanceof InputPump.End) {
        if (lines.last()) {
          line();
        }
        writer.write();
        return;
      } else if (piece instanceof InputPump.Broken broken) {
        writer.write();
        throw broken(broken.cause());
      } else if (piece instanceof InputPump.Failed failed) {
        throw failed.error();
      }
      if (writer.lines() > 0 && timeLeft().isNegative()) {
        writer.write();
      }
    }
  }

  private void line() throws ImportFailedException, InterruptedException {
    byte[] buffer = lines.buffer();
    int from = lines.from() + (lines.number() == 1 ? byteOrderMark(buffer) : 0);
    int length = lines.to() - from;
    if (lines.tooLong()) {
      String expected = "at most " + lines.maxLineBytes() + " bytes in a line";
      writer.reject(lines.number(), Rejection.of("document", "too long", expected), length);
    } else if (!isBlank(buffer, from, lines.to())) {
      if (writer.bytes() + length > MAX_BYTES) {
        writer.write();
      }
      read(buffer, from, length);
    }
    if (writer.lines() >= MAX_ROWS) {
      writer.write();
    }
  }

  private void read(byte[] buffer, int from, int length) {
    try {
      writer.add(lines.number(), reader.read(buffer, from, from + length), length);
    } catch (RejectedDocumentException e) {
      writer.reject(lines.number(), e.rejection(), length);
    }
  }

  private Duration timeLeft() {
    return MAX_AGE.minusNanos(System.nanoTime() - writer.openedAt());
  }

  private ImportFailedException broken(IOException cause) {
    String message =
        "can't be read after line "
            + lines.number()
            + ": "
            + Objects.requireNonNullElse(cause.getMessage(), cause.toString())
            + "; the lines before are stored; repair the file and import it again";
    return new ImportFailedException(message, writer.counts(), cause);
  }

  private int byteOrderMark(byte[] buffer) {
    int from = lines.from();
    int end = from + BYTE_ORDER_MARK.length;
    boolean there =
        end <= lines.to()
            && Arrays.equals(buffer, from, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    return there ? BYTE_ORDER_MARK.length : 0;
  }

  private static boolean isBlank(byte[] buffer, int from, int to) {
    return JsonText.skipSpace(buffer, from, to) == to;
  }
}
