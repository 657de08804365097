package dev.workflowsteps.adapter.json;

import dev.workflowsteps.server.steps.ShortFuzz;
import org.junit.jupiter.api.Test;

class ShortFuzzTest {

  @Test
  void messages_ofAnyBytes_areRefusedOrPrinted() {
    ShortFuzz.run(MessageWriterFuzz.seeds().toList(), MessageWriterFuzz::take);
  }
}
