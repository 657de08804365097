package dev.workflowsteps.server.auth;

import dev.workflowsteps.server.steps.ShortFuzz;
import org.junit.jupiter.api.Test;

class ShortFuzzTest {

  @Test
  void keys_ofAnyText_areReadOrAreNone() {
    ShortFuzz.run(ApiKeyFuzz.seeds().toList(), ApiKeyFuzz::take);
  }
}
