package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.Step;
import dev.workflowsteps.server.steps.StepResult;
import java.util.ArrayList;
import java.util.List;

/** Lines that have been read and are not yet written. */
final class Batch {

  /** One line: a step, or why it is none. */
  private record Entry(long line, Step step, Rejection rejection) {}

  /** What became of one line. */
  record Result(long line, StepResult result) {}

  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private long openedAt;

  void add(long line, Step step, int length) {
    add(new Entry(line, step, null), length);
  }

  void reject(long line, Rejection rejection, int length) {
    add(new Entry(line, null, rejection), length);
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

  List<Step> steps() {
    return entries.stream().filter(entry -> entry.step() != null).map(Entry::step).toList();
  }

  /**
   * What became of each line, in their order.
   *
   * @param recorded what became of the {@link #steps}
   */
  List<Result> results(List<StepResult> recorded) {
    List<Result> results = new ArrayList<>(entries.size());
    int i = 0;
    for (Entry entry : entries) {
      StepResult result =
          entry.step() != null ? recorded.get(i++) : new StepResult.Rejected(entry.rejection());
      results.add(new Result(entry.line(), result));
    }
    return results;
  }

  private void add(Entry entry, int length) {
    if (entries.isEmpty()) {
      openedAt = System.nanoTime();
    }
    entries.add(entry);
    bytes += length;
  }
}
