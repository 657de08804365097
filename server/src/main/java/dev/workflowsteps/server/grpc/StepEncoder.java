package dev.workflowsteps.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.workflowsteps.proto.v1.CountWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.GetWorkflowStepResponse;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.steps.StepCounts;
import dev.workflowsteps.server.steps.StoredStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the answers with steps together from their stored encodings, without a message being built.
 */
final class StepEncoder {

  static EncodedMessage page(Page<StoredStep> page) {
    List<byte[]> parts = new ArrayList<>(4 * page.rows().size() + 2);
    for (StoredStep step : page.rows()) {
      addStep(parts, ListWorkflowStepsResponse.DATA_FIELD_NUMBER, step);
    }
    byte[] encoded = page.metadata().toByteArray();
    parts.add(prefix(ListWorkflowStepsResponse.LIST_METADATA_FIELD_NUMBER, encoded.length));
    parts.add(encoded);
    return new EncodedMessage(parts, page.rows().size());
  }

  static EncodedMessage step(StoredStep step) {
    List<byte[]> parts = new ArrayList<>(4);
    addStep(parts, GetWorkflowStepResponse.STEP_FIELD_NUMBER, step);
    return new EncodedMessage(parts, EncodedMessage.NO_ROWS);
  }

  static EncodedMessage counts(StepCounts counts) {
    CountWorkflowStepsResponse.Builder answer = CountWorkflowStepsResponse.newBuilder();
    counts
        .statuses()
        .forEach(
            each ->
                answer
                    .addDataBuilder()
                    .setStatus(each.status())
                    .setCount(each.count())
                    .setExact(each.exact()));
    answer.getTotalBuilder().setCount(counts.total()).setExact(counts.exact());
    return EncodedMessage.of(answer.build());
  }

  private static void addStep(List<byte[]> parts, int field, StoredStep step) {
    parts.add(prefix(field, step.encoded().size()));
    parts.add(step.encoded().head());
    parts.add(step.encoded().outputs());
    parts.add(step.encoded().inputs());
  }

  /** The tag of a message field, and the length of what follows. */
  private static byte[] prefix(int field, int length) {
    int tagSize = CodedOutputStream.computeTagSize(field);
    byte[] prefix = new byte[tagSize + CodedOutputStream.computeUInt32SizeNoTag(length)];
    CodedOutputStream out = CodedOutputStream.newInstance(prefix);
    try {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(length);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return prefix;
  }

  private StepEncoder() {}
}
