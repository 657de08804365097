package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.OrganizationSize;
import dev.workflowsteps.server.steps.StepRecorder;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresOrganizationSizesIT {

  /** It is stored apart from its step. */
  private static final String LARGE = '"' + "x".repeat(70_000) + '"';

  private static TestDatabase.Open database;

  private final String acme = database.organization("acme");
  private final String beta = database.organization("beta");

  @BeforeAll
  static void open() {
    database = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void size_isOfOneOrganization_withItsLargePayloads() {
    record(acme, 3, LARGE);
    record(beta, 5, "1");

    OrganizationSize size = size(acme);

    assertThat(size.steps()).isEqualTo(3);
    assertThat(size.artifacts()).isEqualTo(3);
    assertThat(size.bytes()).isBetween(3 * 70_000L, 3 * 71_000L);
    assertThat(size.stepsExact() && size.artifactsExact() && size.bytesExact()).isTrue();
    assertThat(size(beta).bytes()).isBetween(5 * 50L, 5 * 1_000L);
  }

  @Test
  void size_ofMoreThanIsMeasured_isAnEstimateOfAll() {
    record(acme, 500, "1");
    OrganizationSize part = size(acme);
    record(beta, 2_500, "1");

    OrganizationSize size = size(beta);

    assertThat(part.bytesExact()).isTrue();
    assertThat(size.bytesExact()).isFalse();
    assertThat(size.steps()).isEqualTo(2_500);
    assertThat(size.artifacts()).isEqualTo(2_500);
    assertThat(size.stepsExact() && size.artifactsExact()).isTrue();
    assertThat((double) size.bytes())
        .isCloseTo(part.bytes() * 5.0, within(part.bytes() * 5.0 / 50));
  }

  @Test
  void size_ofNobody_isNothing() {
    assertThat(size("nobody")).isEqualTo(OrganizationSize.NOTHING);
    assertThat(size(acme)).isEqualTo(OrganizationSize.NOTHING);
  }

  private static OrganizationSize size(String organization) {
    return database.database().stores().organizationSizes().of(organization, call());
  }

  private static void record(String organization, int count, String output) {
    List<WorkflowStep> steps =
        IntStream.range(0, count)
            .mapToObj(i -> AStep.named(id(i)).run("run").output("out", output).build())
            .toList();
    List<Artifact> artifacts =
        IntStream.range(0, count).mapToObj(i -> AnArtifact.of(id(i), "run", id(i), "1")).toList();
    new StepRecorder(database.database().stores().stepWriter()).record(organization, steps, call());
    new ArtifactRecorder(database.database().stores().artifactWriter())
        .record(organization, artifacts, call());
  }

  private static String id(int number) {
    return "id-%05d".formatted(number);
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(60));
  }
}
