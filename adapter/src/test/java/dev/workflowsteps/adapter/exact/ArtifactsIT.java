package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.adapter.client.Walk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The artifact records of a real file, imported and listed over both transports: each list is what
 * a plain scan of the file gives, byte for byte. And exported they are the file again.
 *
 * <p>{@code -Dwfs.test.exhaustive=true} walks every run instead of one in twelve, and asks more;
 * {@code -Dwfs.test.seed=N} asks the same random questions of the same runs again.
 */
class ArtifactsIT {

  private static final boolean EXHAUSTIVE = Boolean.getBoolean("wfs.test.exhaustive");
  private static final int ONE_RUN_IN = EXHAUSTIVE ? 1 : 12;
  private static final int QUESTIONS = EXHAUSTIVE ? 2_000 : 250;
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static Program program;
  private static Organization organization;
  private static Client rest;
  private static Client grpc;

  @BeforeAll
  static void importFiles() throws Exception {
    program = Program.shared();
    organization = ImportedFiles.mixed();
    rest = new RestClient(program.restUrl(), organization.key());
    grpc = new GrpcClient(program.grpcPort(), organization.key());
  }

  @AfterAll
  static void stop() {
    rest.close();
    grpc.close();
  }

  @Test
  void runs_walkedInAnyPageSizeBothWays_areTheFilesRecords() throws Exception {
    Map<String, List<Row>> runs = new LinkedHashMap<>();
    for (Row record : organization.artifacts()) {
      runs.computeIfAbsent(record.runId(), run -> new ArrayList<>()).add(record);
    }
    assertThat(runs).hasSizeGreaterThan(1_000);
    System.out.println("runs: -Dwfs.test.seed=" + SEED);
    List<List<Row>> all = List.copyOf(runs.values());
    int[] limits = {1, 2, 7, 200};
    int walks = 0;
    for (int i = Math.floorMod(SEED, ONE_RUN_IN); i < all.size(); i += ONE_RUN_IN) {
      List<Row> run = all.get(i);
      // One at a time only where there are few.
      int limit = run.size() > 60 ? 50 : limits[walks % limits.length];
      new Walk(walks % 2 == 0 ? rest : grpc, Row::isSameAs)
          .bothWays(question(Map.of("run_id", run.get(0).runId()), limit), run);
      walks++;
    }
  }

  @Test
  void randomQuestions_areAnsweredAsAPlainScanDoes() throws Exception {
    System.out.println("random questions: -Dwfs.test.seed=" + SEED);
    Random random = new Random(SEED);
    List<Row> records = organization.artifacts();
    for (int i = 0; i < QUESTIONS; i++) {
      Row of = records.get(random.nextInt(records.size()));
      Map<String, String> exact = new TreeMap<>();
      exact.put("run_id", of.runId());
      for (String name : List.of("operation", "block_id", "step_id")) {
        if (random.nextInt(3) == 0) {
          Row other = random.nextInt(4) == 0 ? records.get(random.nextInt(records.size())) : of;
          exact.put(name, other.field(name));
        }
      }
      Question question = question(exact, 200);
      List<Row> expected = organization.scan(question).stream().limit(200).toList();
      assertSame(question, (random.nextBoolean() ? rest : grpc).list(question).rows(), expected);
    }
  }

  @Test
  void exportedArtifactsAndSteps_importedElsewhere_areTheSameBytes() throws Exception {
    Path artifacts = program.dataDir().resolve("artifacts.ndjson");
    Path steps = program.dataDir().resolve("steps.ndjson");
    Files.writeString(artifacts, run("export-artifacts"));
    Files.writeString(steps, run("export"));

    assertThat(Files.readAllLines(artifacts))
        .containsExactlyInAnyOrderElementsOf(
            organization.artifacts().stream().map(Row::json).toList());
    assertThat(run("import", steps.toString())).startsWith("new 0, changed 0, unchanged 10408,");
    assertThat(run("import-artifacts", artifacts.toString()))
        .startsWith("new 0, changed 0, unchanged 6472,");
    assertThat(program.command("import", "copy", "--create-organization", steps.toString()))
        .startsWith("new 10408,");
    assertThat(program.command("export", "copy")).isEqualTo(Files.readString(steps));
  }

  private static Question question(Map<String, String> exact, int limit) {
    return new Question(Kind.LIST_ARTIFACTS, exact, Map.of(), false, limit);
  }

  private static void assertSame(Question question, List<Row> rows, List<Row> expected) {
    assertThat(rows.stream().map(Row::json))
        .as("%s", question)
        .containsExactlyElementsOf(expected.stream().map(Row::json).toList());
  }

  private static String run(String command, String... more) throws Exception {
    return program.command(command, organization.name(), more);
  }
}
