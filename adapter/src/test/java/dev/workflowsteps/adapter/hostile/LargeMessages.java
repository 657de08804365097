package dev.workflowsteps.adapter.hostile;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.contract.Limits;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.server.steps.AStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Messages that are large, at once or when they are inflated. */
final class LargeMessages {

  private static final int STEPS = 8;

  /** An acceptable batch of 8 MiB. */
  static byte[] batch() {
    RecordWorkflowStepsRequest.Builder batch = RecordWorkflowStepsRequest.newBuilder();
    String text = '"' + "a".repeat(1 << 20) + '"';
    for (int i = 0; i < STEPS; i++) {
      batch.addSteps(AStep.named("large-" + i).output("text", text).build());
    }
    return batch.build().toByteArray();
  }

  /** What inflates to one of these shapes. */
  static byte[] gzipped(String shape) throws IOException {
    int most = Limits.MAX_REQUEST_BYTES - 16;
    return switch (shape) {
      case "empty-steps" -> gzipped(out -> repeat(out, new byte[] {0x0a, 0}, most));
      case "map-entries" -> gzipped(out -> stepOfEntries(out, most));
      case "unknown-fields", "unknown-fields-of-a-list" ->
          gzipped(out -> repeat(out, new byte[] {0x58, 0}, most));
      case "bomb" -> gzipped(out -> repeat(out, new byte[] {0, 0}, 1 << 30));
      default -> throw new IllegalArgumentException(shape);
    };
  }

  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private static byte[] gzipped(Content content) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream gzip =
        new GZIPOutputStream(compressed) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      content.write(gzip);
    }
    return compressed.toByteArray();
  }

  private static void repeat(OutputStream out, byte[] field, int length) throws IOException {
    byte[] piece = new byte[1 << 20];
    for (int i = 0; i < piece.length; i++) {
      piece[i] = field[i % field.length];
    }
    for (int left = length; left > 0; left -= piece.length) {
      out.write(piece, 0, Math.min(left, piece.length));
    }
  }

  /** One step whose outputs have as many keys as the length takes, each of four bytes. */
  private static void stepOfEntries(OutputStream out, int length) throws IOException {
    byte[] entry = {0x52, 6, 0x0a, 4, 0, 0, 0, 0};
    int entries = length / entry.length - 1;
    CodedOutputStream step = CodedOutputStream.newInstance(out);
    step.writeTag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    step.writeUInt32NoTag(entries * entry.length);
    for (int i = 0; i < entries; i++) {
      for (int digit = 0; digit < 4; digit++) {
        entry[4 + digit] = (byte) ('0' + (i >> 6 * digit & 63));
      }
      step.writeRawBytes(entry);
    }
    step.flush();
  }

  private LargeMessages() {}
}
