package dev.workflowsteps.server.document;

import java.io.InputStream;
import java.time.Duration;
import java.util.function.Function;

/**
 * The use case of import: records a stream of documents, one JSON object per line, plain or gzip
 * (any number of members). Lines may end in CR LF, the last one without a line break; blank lines
 * and a byte-order mark at the start say nothing and are skipped. Lines over 128 MiB are rejected
 * unread.
 *
 * <p>What has come is durable within about a second, also while the input stays open and silent.
 * Memory is bounded: by one batch, or by one line of any length if that is larger.
 *
 * @param <D> what a document becomes
 */
public final class Importer<D> {

  /** A payload may have 60 MiB, and twice that is room for what the line holds beside it. */
  private static final int MAX_LINE_BYTES = 128 << 20;

  private final Function<String, DocumentReader<D>> readers;
  private final DocumentRecorder<D> recorder;
  private final Pause pause;
  private final int maxLineBytes;

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void of(Duration duration) throws InterruptedException;
  }

  /**
   * @param readers one for the documents of each organization
   */
  public Importer(Function<String, DocumentReader<D>> readers, DocumentRecorder<D> recorder) {
    this(readers, recorder, duration -> Thread.sleep(duration.toMillis()), MAX_LINE_BYTES);
  }

  Importer(
      Function<String, DocumentReader<D>> readers,
      DocumentRecorder<D> recorder,
      Pause pause,
      int maxLineBytes) {
    this.readers = readers;
    this.recorder = recorder;
    this.pause = pause;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * Records every acceptable line and tells the listener of the others. Returns at the end of the
   * input, once all is durable. A storage that is not there is waited for, about half a minute;
   * what it had written just before it went away is written again and then counts as unchanged.
   *
   * @param organizationId whose documents these are
   * @param in read to its end by a thread of its own; stays the caller's to close, also to end that
   *     thread after a failure
   * @throws ImportFailedException if the input cannot be read or the storage cannot be written
   * @throws InterruptedException if the thread is interrupted; what had not been written is not
   */
  public ImportCounts run(String organizationId, InputStream in, ImportListener listener)
      throws ImportFailedException, InterruptedException {
    BatchWriter<D> writer = new BatchWriter<>(recorder, organizationId, listener, pause);
    ImportRun<D> run =
        new ImportRun<>(readers.apply(organizationId), new LineSplitter(maxLineBytes), writer);
    try (InputPump pump = InputPump.start(in)) {
      run.consume(pump);
    }
    return writer.counts();
  }
}
