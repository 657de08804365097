package dev.workflowsteps.adapter.rest;

import dev.workflowsteps.server.steps.ShortFuzz;
import org.junit.jupiter.api.Test;

class ShortFuzzTest {

  @Test
  void queries_ofAnyBytes_areReadOrRefused() {
    ShortFuzz.run(ParametersFuzz.seeds().toList(), ParametersFuzz::take);
  }
}
