package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.json.JsonOutput;
import dev.workflowsteps.adapter.json.MessageWriter;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.StepRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A step of every block type and status, written by hand, as REST answers it. The golden file is
 * read by people: a change of it is a change of the contract.
 */
class GoldenStepsTest {

  private static final MessageWriter WRITER = MessageWriter.compile(WorkflowStep.getDescriptor());

  @Test
  @Rule({"step-shape", "lifecycle"})
  void everyKindOfStep_isAnsweredAsTheGoldenFileSays() throws Exception {
    List<String> answers = new ArrayList<>();
    for (String line : lines("every-kind.ndjson")) {
      answers.add(answer(line));
    }

    assertThat(answers).isEqualTo(lines("every-kind.golden.ndjson"));
  }

  private static String answer(String line) throws Exception {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    StepRecord record = StepRecord.of(new StepReader("golden").read(bytes, 0, bytes.length));
    try (JsonOutput out = new JsonOutput(UnpooledByteBufAllocator.DEFAULT, 1_024)) {
      WRITER.write(record.encoded().bytes(), out);
      ByteBuf json = out.take();
      try {
        return json.toString(StandardCharsets.UTF_8);
      } finally {
        json.release();
      }
    }
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in =
        GoldenStepsTest.class.getResourceAsStream("/dev/workflowsteps/adapter/golden/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
