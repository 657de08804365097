package dev.workflowsteps.adapter.client;

import java.util.List;
import java.util.Optional;

/**
 * An answer, over either transport.
 *
 * @param error null if it is none
 * @param rows of a page or a single one
 * @param counts the JSON of all counts; null = none are asked for
 * @param before null = none
 * @param after null = none
 * @param requestIds every one that it has
 * @param bytes of the body or the message
 * @param etag null = none, as always over gRPC
 */
public record Answer(
    Error error,
    List<Row> rows,
    String counts,
    String before,
    String after,
    List<String> requestIds,
    long bytes,
    String etag) {

  /**
   * What an error says.
   *
   * @param status of HTTP or gRPC
   * @param reason as the transport writes it; empty if it tells none
   * @param fields of its violations, and {@code +N} if N more are left out
   * @param text all of it
   */
  public record Error(
      String status, String reason, String message, List<String> fields, String text) {

    /** An error without a body. */
    Error(String status) {
      this(status, "", "", List.of(), "");
    }

    public String code() {
      return reason.isEmpty() ? status : status + ' ' + reason;
    }
  }

  public static Answer error(Error error, List<String> requestIds) {
    return new Answer(error, List.of(), null, null, null, requestIds, 0, null);
  }

  public static Answer rows(
      List<Row> rows, String before, String after, List<String> requestIds, long bytes) {
    return new Answer(null, rows, null, before, after, requestIds, bytes, null);
  }

  static Answer counts(String json, List<String> requestIds, long bytes) {
    return new Answer(null, List.of(), json, null, null, requestIds, bytes, null);
  }

  Answer withEtag(String value) {
    return new Answer(error, rows, counts, before, after, requestIds, bytes, value);
  }

  /** The status and the reason of an error. */
  public Optional<String> code() {
    return Optional.ofNullable(error).map(Error::code);
  }
}
