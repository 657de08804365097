package dev.workflowsteps.server.postgres;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import org.junit.jupiter.api.Test;

class StepRangesTest {

  /** They are the conditions of indexes too: a state that is added needs a migration of these. */
  @Test
  void conditions_nameTheStatesThatAreNotFinal() {
    String states =
        Words.STATUS.all().stream()
            .filter(status -> !Words.STATUS.isTerminal(status))
            .sorted()
            .map(status -> "'" + status + "'")
            .collect(joining(", ", "(", ")"));

    assertThat(StepRanges.ENDED).isEqualTo("status NOT IN " + states);
    assertThat(StepRanges.UNDER_WAY).startsWith("status IN " + states + " AND ");
  }
}
