package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.StepRecord;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Records as one array for each column, as {@code unnest} takes them. */
final class StepColumns {

  private final List<StepRecord> records;

  StepColumns(List<StepRecord> records) {
    this.records = records;
  }

  /** Values for {@link PostgresStepWriter#UPSERT}. */
  Sql all() {
    return Sql.of(
        "",
        runIds(),
        stepIds(),
        column(record -> record.position().sortTime(), Long[]::new),
        column(record -> record.workflowId().orElse(null), String[]::new),
        column(StepRecord::blockId, String[]::new),
        column(StepRecord::blockType, String[]::new),
        column(StepRecord::status, String[]::new),
        column(StepRecord::retryCount, Integer[]::new),
        column(StepRecord::externalBytes, Long[]::new),
        column(record -> record.encoded().head(), byte[][]::new),
        column(record -> record.encoded().outputs(), byte[][]::new),
        column(record -> record.encoded().inputs(), byte[][]::new),
        column(StepRecord::endedAt, Long[]::new));
  }

  /** Values for {@link PostgresStepWriter#LEFT_ALONE}. */
  Sql compared() {
    return Sql.of(
        "",
        runIds(),
        stepIds(),
        column(record -> record.encoded().head(), byte[][]::new),
        column(record -> record.encoded().outputs(), byte[][]::new),
        column(record -> record.encoded().inputs(), byte[][]::new));
  }

  private String[] runIds() {
    return column(record -> record.position().runId(), String[]::new);
  }

  private String[] stepIds() {
    return column(record -> record.position().stepId(), String[]::new);
  }

  private <T> T[] column(Function<StepRecord, T> value, IntFunction<T[]> array) {
    return records.stream().map(value).toArray(array);
  }
}
