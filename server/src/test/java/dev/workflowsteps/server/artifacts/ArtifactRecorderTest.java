package dev.workflowsteps.server.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactRecorderTest {

  private final InMemoryArtifactStore store = new InMemoryArtifactStore(new InMemoryStepStore());
  private final ArtifactRecorder recorder = new ArtifactRecorder(store);

  @Test
  @Rule("write-again")
  void record_newChangedAndSame_isTold() {
    assertThat(outcomes(AnArtifact.of("a", "r", "s", "1"), AnArtifact.of("b", "r", "t", "1")))
        .containsExactly(Outcome.NEW, Outcome.NEW);
    assertThat(outcomes(AnArtifact.of("a", "r", "s", "1"), AnArtifact.of("b", "r", "t", "2")))
        .containsExactly(Outcome.UNCHANGED, Outcome.CHANGED);
  }

  @Test
  void record_sameIdTwice_theLastReplacesTheFirst() {
    assertThat(
            outcomes(
                AnArtifact.of("a", "r", "s", "1"),
                AnArtifact.of("a", "r", "s", "2"),
                AnArtifact.of("a", "r", "s", "2")))
        .containsExactly(Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED);
    assertThat(stored("a")).hasValue(new String(AnArtifact.of("a", "r", "s", "2").json(), UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "painting, a, r, s, operation",
    "extraction, '', r, s, id",
    "extraction, a, '', s, run_id",
    "extraction, a, r, '', step_id"
  })
  void record_brokenRule_rejectsThatOneAndKeepsTheOthers(
      String operation, String id, String run, String step, String field) {
    Artifact broken = new Artifact(id, operation, run, step, Optional.empty(), new byte[2]);

    List<WriteResult> results = record(broken, AnArtifact.of("good", "r", "s", "1"));

    assertThat(((Rejection) results.get(0)).field()).isEqualTo(field);
    assertThat(results.get(1)).isEqualTo(Outcome.NEW);
    assertThat(stored("good")).isPresent();
    assertThat(stored("a")).isEmpty();
  }

  @Test
  @Rule("write-bounds")
  void record_largestRecord_passesAndOneByteMoreDoesNot() {
    assertThat(record(ofSize(Artifact.MAX_BYTES)).get(0)).isEqualTo(Outcome.NEW);
    WriteResult larger = record(ofSize(Artifact.MAX_BYTES + 1)).get(0);
    assertThat(((Rejection) larger).sentence())
        .isEqualTo("artifact: 3145729 bytes (expected: at most 3145728)");
  }

  private Optional<String> stored(String artifactId) {
    return store
        .find("acme", artifactId, Call.within(Duration.ofSeconds(10)))
        .map(artifact -> new String(artifact.json(), UTF_8));
  }

  private static Artifact ofSize(int bytes) {
    return new Artifact("a", "extraction", "r", "s", Optional.empty(), new byte[bytes]);
  }

  private List<WriteResult> record(Artifact... artifacts) {
    return recorder.record("acme", List.of(artifacts), Call.within(Duration.ofSeconds(10)));
  }

  private List<Outcome> outcomes(Artifact... artifacts) {
    return record(artifacts).stream().map(Outcome.class::cast).toList();
  }
}
