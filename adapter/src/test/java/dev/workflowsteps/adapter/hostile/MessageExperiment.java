package dev.workflowsteps.adapter.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.hostile.MemoryAttack.Ended;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small compressed messages that would become large, and large ones that come together. */
class MessageExperiment {

  private static final int MESSAGES = 40;
  private static final int LARGE_WRITES = 100;
  private static final int ROUNDS = 2;

  /** Rejected for what it is, or because there is no room for it just now. */
  private static final Set<String> RIGHT_CODES =
      Set.of("INVALID_ARGUMENT", "UNIMPLEMENTED", "RESOURCE_EXHAUSTED", "UNAVAILABLE");

  /** Which has to get over each before the next. */
  @AutoClose private static MemoryAttack server;

  @BeforeAll
  static void start() throws Exception {
    server = new MemoryAttack();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty-steps",
        "map-entries",
        "unknown-fields",
        "unknown-fields-of-a-list",
        "bomb"
      })
  void compressedMessages_areRefused(String shape) throws Exception {
    server.run(
        MESSAGES + " gzipped messages: " + shape,
        shape,
        MESSAGES,
        (softly, ended) ->
            softly
                .assertThat(
                    ended.stream().map(Ended::outcome).filter(code -> !RIGHT_CODES.contains(code)))
                .as("answers with another code than %s", RIGHT_CODES)
                .isEmpty());
  }

  /** So that who tries again gets on; each time anew. */
  @RepeatedTest(ROUNDS)
  void largeWrites_areNotAllRefused_andTheirConnectionStays() throws Exception {
    List<String> ended = server.connectionsEnded();
    server.run(
        LARGE_WRITES + " large writes",
        "large-writes",
        LARGE_WRITES,
        (softly, writes) ->
            softly
                .assertThat(writes.stream().map(Ended::outcome))
                .as("answers")
                .contains("OK")
                .isSubsetOf("OK", "UNAVAILABLE"));

    assertThat(server.connectionsEnded()).isEqualTo(ended);
  }
}
