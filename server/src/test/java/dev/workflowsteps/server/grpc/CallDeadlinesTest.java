package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which deadline a call gets that may take 30 s. */
class CallDeadlinesTest {

  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final CallDeadlines deadlines =
      new CallDeadlines("grpc.health.v1.Health/Watch"::equals, Duration.ofSeconds(30));

  @ParameterizedTest
  @CsvSource({
    ", 31000m",
    "31S, 31S",
    "32S, 31000m",
    "31001m, 31000m",
    "1M, 31000m",
    "99999999H, 31000m",
    "99999999u, 31000m",
    "30999999u, 30999999u",
    "99999999n, 99999999n",
    "0S, 0S",
    "1x, 1x",
    "S, S",
    "100000000n, 100000000n",
    "-1S, -1S"
  })
  void deadline_isTheCallersOwn_unlessItIsLater(String sent, String expected) {
    assertThat(timeout("workflows.v1.WorkflowStepsService/ListWorkflowSteps", sent))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({",", "99999999H, 99999999H"})
  void watch_keepsItsOwn(String sent, String expected) {
    assertThat(timeout("grpc.health.v1.Health/Watch", sent)).isEqualTo(expected);
  }

  private String timeout(String method, String sent) {
    Metadata headers = new Metadata();
    if (sent != null) {
      headers.put(TIMEOUT, sent);
    }
    var unused = deadlines.newServerStreamTracer(method, headers);
    return headers.get(TIMEOUT);
  }
}
