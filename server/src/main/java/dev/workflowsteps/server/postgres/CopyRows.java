package dev.workflowsteps.server.postgres;

import dev.workflowsteps.server.steps.StepRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"). */
final class CopyRows {

  static final String COLUMNS =
      "ordinal, run_id, step_id, sort_time, workflow_id, block_id, block_type, status,"
          + " retry_count, withheld_bytes, head, outputs, inputs";

  private static final int COUNT = 13;
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  static byte[] of(List<StepRecord> records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(SIGNATURE);
      out.writeInt(0);
      out.writeInt(0);
      for (int i = 0; i < records.size(); i++) {
        row(out, i, records.get(i));
      }
      out.writeShort(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void row(DataOutputStream out, int ordinal, StepRecord record) throws IOException {
    out.writeShort(COUNT);
    integer(out, ordinal);
    text(out, record.position().runId());
    text(out, record.position().stepId());
    big(out, record.position().sortTime());
    if (record.workflowId().isPresent()) {
      text(out, record.workflowId().get());
    } else {
      out.writeInt(-1);
    }
    text(out, record.blockId());
    text(out, record.blockType());
    text(out, record.status());
    integer(out, record.retryCount());
    big(out, record.withheldBytes());
    bytes(out, record.head());
    bytes(out, record.outputs());
    bytes(out, record.inputs());
  }

  private static void integer(DataOutputStream out, int value) throws IOException {
    out.writeInt(Integer.BYTES);
    out.writeInt(value);
  }

  private static void big(DataOutputStream out, long value) throws IOException {
    out.writeInt(Long.BYTES);
    out.writeLong(value);
  }

  private static void text(DataOutputStream out, String value) throws IOException {
    bytes(out, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(DataOutputStream out, byte[] value) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  private CopyRows() {}
}
