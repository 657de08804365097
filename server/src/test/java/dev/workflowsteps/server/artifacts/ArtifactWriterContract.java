package dev.workflowsteps.server.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every storage of artifact records must do. Each test has organizations of its own, so the
 * storage need not be emptied.
 */
public abstract class ArtifactWriterContract {

  private final String organization = "org-" + UUID.randomUUID();
  private final String other = "other-" + UUID.randomUUID();

  protected abstract ArtifactWriter writer();

  /** The bytes of a record that stands. */
  protected abstract Optional<byte[]> stored(String organizationId, String artifactId);

  @Test
  void write_nothing_isNothing() {
    assertThat(write(organization)).isEmpty();
  }

  @Test
  void write_tellsNewChangedAndUnchanged() {
    Artifact a = AnArtifact.of("a", "r", "s", "1");
    Artifact b = AnArtifact.of("b", "r", "t", "1");
    Artifact changed = AnArtifact.of("b", "r2", "t2", "2");

    assertThat(write(organization, a)).containsExactly(Outcome.NEW);
    assertThat(write(organization, b, a)).containsExactly(Outcome.NEW, Outcome.UNCHANGED);
    assertThat(write(organization, a, changed)).containsExactly(Outcome.UNCHANGED, Outcome.CHANGED);

    assertThat(stored(organization, "a")).hasValueSatisfying(json -> same(json, a));
    assertThat(stored(organization, "b")).hasValueSatisfying(json -> same(json, changed));
  }

  @Test
  void write_sameIdInAnotherOrganization_isAnotherRecord() {
    Artifact ours = AnArtifact.of("a", "r", "s", "ours");
    Artifact theirs = AnArtifact.of("a", "r", "s", "theirs");

    assertThat(write(organization, ours)).containsExactly(Outcome.NEW);
    assertThat(write(other, theirs)).containsExactly(Outcome.NEW);

    assertThat(stored(organization, "a")).hasValueSatisfying(json -> same(json, ours));
    assertThat(stored(other, "a")).hasValueSatisfying(json -> same(json, theirs));
  }

  @Test
  void write_anyTextAndBytes_comeBack() {
    Artifact odd =
        new Artifact(
            "ä:;,.{}\\\"'😀",
            "edit",
            "NULL",
            "\\N",
            Optional.empty(),
            new byte[] {'{', '"', 0x7f, '"', ':', (byte) 0xc3, (byte) 0xa4, '}'});

    assertThat(write(organization, odd)).containsExactly(Outcome.NEW);
    assertThat(write(organization, odd)).containsExactly(Outcome.UNCHANGED);
    assertThat(stored(organization, odd.artifactId())).hasValueSatisfying(json -> same(json, odd));
  }

  @Test
  void write_thousandInAnyOrder_eachGetsItsOwnOutcome() {
    Artifact[] even =
        IntStream.range(0, 1_000)
            .filter(i -> i % 2 == 0)
            .mapToObj(i -> AnArtifact.of("a" + (7 * i % 1_000), "r", "s", "1"))
            .toArray(Artifact[]::new);
    write(organization, even);
    Artifact[] all =
        IntStream.range(0, 1_000)
            .mapToObj(i -> AnArtifact.of("a" + (7 * i % 1_000), "r", "s", "1"))
            .toArray(Artifact[]::new);

    List<Outcome> outcomes = write(organization, all);

    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i)).isEqualTo(i % 2 == 0 ? Outcome.UNCHANGED : Outcome.NEW);
    }
  }

  private static void same(byte[] json, Artifact artifact) {
    assertThat(json).isEqualTo(artifact.json());
  }

  private List<Outcome> write(String organizationId, Artifact... artifacts) {
    return writer().write(organizationId, List.of(artifacts), Call.within(Duration.ofSeconds(30)));
  }
}
