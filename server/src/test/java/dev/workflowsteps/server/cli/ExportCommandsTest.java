package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandsTest {

  private final InMemoryProgram program = new InMemoryProgram();

  @BeforeEach
  void something() {
    program.keyService.ensureOrganization("acme", true);
    record(
        Stream.of(
            AStep.named("s1").run("r1").status("completed").build(),
            AStep.named("s2").run("r1").status("running").build(),
            AStep.named("s3").run("r2").status("running").build()));
    new ArtifactRecorder(program.artifacts)
        .record(
            "acme",
            List.of(AnArtifact.of("b", "r", "s", "1"), AnArtifact.of("a", "r", "s", "1")),
            Call.within(Duration.ofSeconds(10)));
  }

  private void record(Stream<WorkflowStep> steps) {
    new StepRecorder(program.steps)
        .record("acme", steps.toList(), Call.within(Duration.ofSeconds(10)));
  }

  @Test
  void export_writesLinesToStdoutAndTheCountToStderr() {
    assertThat(program.run("export", "--organization", "acme")).isZero();

    assertThat(program.output.toString(UTF_8)).isEqualTo("s1\ns2\ns3\n");
    assertThat(program.data()).isEmpty();
    assertThat(program.words().strip()).isEqualTo("3 lines written");
  }

  @Test
  void export_filters_holdTogether() {
    assertThat(
            program.run(
                "export", "--organization", "acme", "--run-id", "r1", "--status", "running,error"))
        .isZero();

    assertThat(program.output.toString(UTF_8)).isEqualTo("s2\n");
  }

  @Test
  void export_excludedStatuses_areLeftOut() {
    assertThat(
            program.run("export", "--organization", "acme", "--exclude-status", "completed,error"))
        .isZero();

    assertThat(program.output.toString(UTF_8)).isEqualTo("s2\ns3\n");
  }

  @Test
  void export_dates_boundTheStart_asTheListDoes() {
    record(
        Stream.of(
            AStep.named("early").startedAt("2026-10-31T23:59:59Z").build(),
            AStep.named("in").startedAt("2026-11-30T23:59:59Z").build(),
            AStep.named("late").startedAt("2026-12-01T00:00:00Z").build(),
            AStep.named("never").startedAt(null).build()));

    assertThat(
            program.run(
                "export",
                "--organization",
                "acme",
                "--from-date",
                "2026-11-01",
                "--to-date",
                "2026-11-30"))
        .isZero();

    assertThat(program.output.toString(UTF_8)).isEqualTo("in\n");
  }

  @Test
  void export_sortedByTheEnd_isBoundedAndOrderedByIt() {
    record(
        Stream.of(
            AStep.named("second")
                .startedAt(null)
                .createdAt(Instant.parse("2026-11-02T00:00:00Z"))
                .build(),
            AStep.named("first").completedAt(Instant.parse("2026-11-01T00:00:00Z")).build(),
            AStep.named("running").status("running").startedAt("2026-11-02T00:00:00Z").build()));

    assertThat(
            program.run(
                "export",
                "--organization",
                "acme",
                "--sort-by",
                "ended_at",
                "--from-date",
                "2026-11-01"))
        .isZero();

    assertThat(program.output.toString(UTF_8)).isEqualTo("first\nsecond\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--from-date yesterday, --from-date: \"yesterday\" (expected: a date like 2026-11-01",
    "--to-date=, --to-date: \"\" (expected: a date like 2026-11-01",
    "--from-date 2026-11-02 --to-date 2026-11-01, (expected: a time after --from-date)",
    "--sort-by ended, did you mean ended_at?",
    "--exclude-status eror, did you mean error?",
    "--status error --exclude-status running, --exclude-status: given together with --status",
  })
  void export_filterThatIsNone_isAUsageErrorThatNamesIt(String options, String words) {
    List<String> line = new ArrayList<>(List.of("export", "--organization", "acme"));
    line.addAll(List.of(options.split(" ")));

    assertThat(program.run(line.toArray(new String[0]))).isEqualTo(2);

    assertThat(program.words()).contains(words);
    assertThat(program.opened).isZero();
  }

  @Test
  void export_unknownWord_isAUsageErrorWithTheNearOne() {
    assertThat(program.run("export", "--organization", "acme", "--status", "runing")).isEqualTo(2);

    assertThat(program.words()).contains("--status: \"runing\"").contains("did you mean running?");
    assertThat(program.opened).isZero();
  }

  /** As from a variable of the shell that isn't set. */
  @Test
  void export_emptyFilter_isAUsageError() {
    assertThat(program.run("export", "--organization", "acme", "--run-id", "")).isEqualTo(2);

    assertThat(program.words()).contains("--run-id: ").contains("expected: 1 to 256 bytes");
    assertThat(program.output.size()).isZero();
  }

  @Test
  void export_unknownCursor_isToldWithItsReason() {
    assertThat(program.run("export", "--organization", "acme", "--after", "nothing")).isEqualTo(1);
    assertThat(program.words())
        .contains("Cursor does not match")
        .contains("run it without --after");

    assertThat(program.words()).contains("Cursor does not match");
  }

  /** As before {@code | head -1}: the first page is out only in part. */
  @Test
  void export_readerThatGoesAway_isToldHowManyLinesAreOutAtLeast() {
    record(IntStream.range(0, 3_000).mapToObj(i -> AStep.named("t" + "x".repeat(99) + i).build()));
    program.destination = takes(3);

    assertThat(program.run("export", "--organization", "acme")).isEqualTo(1);

    assertThat(program.words())
        .contains("Broken pipe")
        .containsPattern("at least 1,[0-9]{3} lines written")
        .containsPattern("continue after line 1,000 with --after wfc1_[^ ]+");
  }

  private static OutputStream takes(int writes) {
    return new OutputStream() {
      private int left = writes;

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] b, int from, int length) throws IOException {
        if (left-- <= 0) {
          throw new IOException("Broken pipe");
        }
      }
    };
  }

  @Test
  void exportArtifacts_writesThemInTheOrderOfTheirIds() {
    assertThat(program.run("export-artifacts", "--organization", "acme", "--after", "a")).isZero();

    assertThat(program.output.toString(UTF_8))
        .isEqualTo(new String(AnArtifact.of("b", "r", "s", "1").json(), UTF_8) + "\n");
  }

  @Test
  void export_unknownOrganization_isRefused() {
    assertThat(program.run("export", "--organization", "beta")).isEqualTo(1);
    assertThat(program.words().strip())
        .isEqualTo("organization beta does not exist; organizations list shows those that do");
    assertThat(program.run("export-artifacts", "--organization", "beta")).isEqualTo(1);
  }
}
