package dev.workflowsteps.adapter.requests;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;

/**
 * A step or an artifact record as it was imported.
 *
 * @param startedAt of the step, in seconds; {@link #NOT_STARTED} if it has not, {@link #NO_STEP} if
 *     it is not there
 * @param artifactId empty for a step
 * @param fields by which it is found
 * @param json the answer of REST, byte for byte
 */
record Row(
    long startedAt,
    String stepId,
    String runId,
    String artifactId,
    Map<String, String> fields,
    String json)
    implements Comparable<Row> {

  static final long NOT_STARTED = Long.MAX_VALUE - 1;

  /** Of a record whose step is not there. */
  static final long NO_STEP = Long.MAX_VALUE;

  /** Behind every id there is. */
  private static final String LAST = "\uDBFF\uDFFF".repeat(65);

  private static final Comparator<Row> ORDER =
      Comparator.comparingLong(Row::startedAt)
          .thenComparing(row -> utf8(row.stepId()), Arrays::compareUnsigned)
          .thenComparing(row -> utf8(row.runId()), Arrays::compareUnsigned)
          .thenComparing(row -> utf8(row.artifactId()), Arrays::compareUnsigned);

  boolean started() {
    return startedAt < NOT_STARTED;
  }

  boolean isOfStepOf(Row that) {
    return runId.equals(that.runId) && stepId.equals(that.stepId);
  }

  /** The place before all records of its step. */
  Row beforeItsRecords() {
    return new Row(startedAt, stepId, runId, "", fields, json);
  }

  /** The place behind all records of its step. */
  Row behindItsRecords() {
    return new Row(startedAt, stepId, runId, LAST, fields, json);
  }

  @Override
  public int compareTo(Row that) {
    return ORDER.compare(this, that);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
