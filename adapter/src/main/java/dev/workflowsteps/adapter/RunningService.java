package dev.workflowsteps.adapter;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a process serves, once it is started. */
interface RunningService extends AutoCloseable {

  /** What there is to say about it: a word and what follows it. */
  List<Line> lines();

  /** Becomes unready, and answers all the same. */
  void announceStop();

  /** Completes if something ends by itself without which there is nothing to serve. */
  CompletableFuture<String> broken();

  /** Lets what is running end, then stops. */
  @Override
  void close();

  /** A line of the first screen. */
  record Line(String word, String text) {}
}
