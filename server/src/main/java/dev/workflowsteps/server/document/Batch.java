package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.ArrayList;
import java.util.List;

/** Lines that have been read and are not yet written. */
final class Batch<D> {

  /** One line: a document, or why it is none. */
  private record Entry<D>(long line, D document, Rejection rejection) {}

  /** What became of one line. */
  record Result(long line, WriteResult result) {}

  private final List<Entry<D>> entries = new ArrayList<>();
  private long bytes;
  private long openedAt;

  void add(long line, D document, int length) {
    add(new Entry<>(line, document, null), length);
  }

  void reject(long line, Rejection rejection, int length) {
    add(new Entry<>(line, null, rejection), length);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int rows() {
    return entries.size();
  }

  /** The length of its lines. */
  long bytes() {
    return bytes;
  }

  /** When its first line came, by {@link System#nanoTime}. */
  long openedAt() {
    return openedAt;
  }

  List<D> documents() {
    return entries.stream().filter(entry -> entry.document() != null).map(Entry::document).toList();
  }

  /**
   * What became of each line, in their order.
   *
   * @param recorded what became of the {@link #documents}
   */
  List<Result> results(List<WriteResult> recorded) {
    List<Result> results = new ArrayList<>(entries.size());
    int i = 0;
    for (Entry<D> entry : entries) {
      WriteResult result =
          entry.document() != null
              ? recorded.get(i++)
              : new WriteResult.Rejected(entry.rejection());
      results.add(new Result(entry.line(), result));
    }
    return results;
  }

  private void add(Entry<D> entry, int length) {
    if (entries.isEmpty()) {
      openedAt = System.nanoTime();
    }
    entries.add(entry);
    bytes += length;
  }
}
