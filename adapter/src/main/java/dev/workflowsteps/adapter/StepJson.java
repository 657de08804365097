package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.json.JsonOutput;
import dev.workflowsteps.adapter.json.MessageWriter;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.document.DocumentWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;

/** Steps as REST answers them. */
final class StepJson implements DocumentWriter {

  private final MessageWriter writer = MessageWriter.compile(WorkflowStep.getDescriptor());

  @Override
  public void write(byte[] step, OutputStream out) throws IOException {
    try (JsonOutput json = new JsonOutput(UnpooledByteBufAllocator.DEFAULT, 2 * step.length)) {
      writer.write(step, json);
      ByteBuf text = json.take();
      try {
        text.readBytes(out, text.readableBytes());
      } finally {
        text.release();
      }
    }
  }
}
