package dev.workflowsteps.server.steps;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ShortFuzzTest {

  @Test
  void tokens_ofAnyText_areReadOrAreNone() {
    ShortFuzz.run(PageTokenFuzz.seeds().toList(), PageTokenFuzz::take);
  }

  @Test
  void storedBytes_ofAnyKind_areReadOrRepaired() {
    Logger repairs = (Logger) LoggerFactory.getLogger(StepRepair.class);
    Level before = repairs.getLevel();
    repairs.setLevel(Level.OFF);
    try {
      ShortFuzz.run(StoredFormFuzz.seeds().toList(), StoredFormFuzz::take);
    } finally {
      repairs.setLevel(before);
    }
  }
}
