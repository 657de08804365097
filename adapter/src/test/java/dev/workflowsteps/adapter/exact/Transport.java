package dev.workflowsteps.adapter.exact;

import java.util.List;
import java.util.Map;

/** A client that lists steps. */
interface Transport extends AutoCloseable {

  Page list(Question question);

  @Override
  void close();

  /**
   * @param bytes of the answer
   */
  record Page(List<Row> rows, String before, String after, long bytes) {}

  /**
   * @param said everything, where the transport keeps the order of handles; else null
   */
  record Row(
      String runId, String stepId, String status, Map<String, String> payloads, String said) {

    static Row of(Document document) {
      return new Row(
          document.field("run_id"),
          document.field("step_id"),
          document.field("status"),
          document.payloads(),
          document.said());
    }

    /** Whether it says what the file does. */
    boolean tells(Document document) {
      return runId.equals(document.field("run_id"))
          && stepId.equals(document.field("step_id"))
          && status.equals(document.field("status"))
          && payloads.equals(document.payloads())
          && (said == null || said.equals(document.said()));
    }
  }
}
