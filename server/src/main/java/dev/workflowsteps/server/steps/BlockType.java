package dev.workflowsteps.server.steps;

import java.util.List;
import java.util.stream.Stream;

/** The words of {@code block_type}. */
public final class BlockType {

  /** The words that are written today. */
  public static final List<String> CURRENT =
      List.of(
          "start_document",
          "start_json",
          "note",
          "parse",
          "edit",
          "extract",
          "split",
          "classifier",
          "conditional",
          "api_call",
          "function",
          "while_loop",
          "for_each",
          "merge_dicts",
          "while_loop_sentinel_start",
          "while_loop_sentinel_end",
          "for_each_sentinel_start",
          "for_each_sentinel_end");

  /** Words that older records may hold: filterable, and passed through unchanged. */
  public static final List<String> RETIRED = List.of("hil", "start", "end", "formula", "merge_pdf");

  /** Every word. */
  public static final List<String> ALL = Stream.concat(CURRENT.stream(), RETIRED.stream()).toList();

  private BlockType() {}
}
