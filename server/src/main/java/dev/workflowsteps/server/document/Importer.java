package dev.workflowsteps.server.document;

import java.io.InputStream;
import java.time.Duration;
import java.util.function.Function;

/**
 * The use case of import: records a stream of documents, one JSON object per line, plain or gzip.
 * Lines may end in CR LF, and the last one needs no line break. Blank lines and a byte-order mark
 * at the start are skipped. Lines over 128 MiB are rejected unread.
 *
 * <p>Lines become durable within about a second, also while the input stays open and silent. Holds
 * one batch in memory, or one line if that is larger.
 *
 * @param <D> the type of a document
 */
public final class Importer<D> {

  /** A payload may have 60 MiB; the rest is room for everything else in the line. */
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
   * Records every valid line and reports the others to the listener. Returns at the end of the
   * input, once everything is durable. Waits about half a minute for an unavailable storage; a
   * batch that it stored just before it went away is written again and then counts as unchanged.
   *
   * @param organizationId whose documents these are
   * @param in read by a thread of its own; the caller closes it, which also ends that thread after
   *     a failure
   * @throws ImportFailedException if the input can't be read or the storage can't be written
   * @throws InterruptedException if the thread is interrupted; the last batch may be missing
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
