package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.ShortFuzz;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ShortFuzzTest {

  @Test
  void documents_ofAnyBytes_areReadOrRejected() throws IOException {
    ShortFuzz.run(DocumentsFuzz.seeds().toList(), DocumentsFuzz::take);
  }
}
