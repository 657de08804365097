package dev.workflowsteps.adapter.client;

import java.util.List;
import java.util.Optional;

/**
 * An answer, over either transport.
 *
 * @param code null if it is none of an error
 * @param text of an error: all that it says
 * @param rows of a page or a single one
 * @param before null = none
 * @param after null = none
 * @param requestIds every one that it has
 * @param bytes of the body or the message
 */
public record Answer(
    String code,
    String text,
    List<Row> rows,
    String before,
    String after,
    List<String> requestIds,
    long bytes) {

  public static Answer error(String code, String text, List<String> requestIds) {
    return new Answer(code, text, List.of(), null, null, requestIds, 0);
  }

  public static Answer rows(
      List<Row> rows, String before, String after, List<String> requestIds, long bytes) {
    return new Answer(null, "", rows, before, after, requestIds, bytes);
  }

  public Optional<String> error() {
    return Optional.ofNullable(code);
  }
}
