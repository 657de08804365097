package dev.workflowsteps.adapter;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A started service. */
interface RunningService extends AutoCloseable {

  /** The lines of the startup banner. */
  List<Line> lines();

  /** Reports itself as not ready; still answers calls. */
  void announceStop();

  /** Completes with the cause if a part ends by itself that the service can't do without. */
  CompletableFuture<String> broken();

  /** Lets running calls end, then stops. */
  @Override
  void close();

  /** A line of the startup banner: a label and its text. */
  record Line(String word, String text) {}
}
