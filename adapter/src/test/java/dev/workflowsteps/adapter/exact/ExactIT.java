package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import dev.workflowsteps.adapter.client.Walk;
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real files, imported and asked for over both clients: every list and every page holds what a
 * plain scan of the file gives, byte for byte.
 *
 * <p>{@code -Dwfs.test.exhaustive=true} asks all of it, {@code -Dwfs.test.file=FILE} of another
 * large file, {@code -Dwfs.test.limits=1000,7} walks that in these page sizes, {@code
 * -Dwfs.test.seed=N} asks the same random questions again.
 */
class ExactIT {

  private static final boolean EXHAUSTIVE = Boolean.getBoolean("wfs.test.exhaustive");
  private static final int QUESTIONS = EXHAUSTIVE ? 20_000 : 500;
  private static final int COUNTS = EXHAUSTIVE ? 1_000 : 200;
  private static final String LIMITS =
      System.getProperty("wfs.test.limits", EXHAUSTIVE ? "1000,7,1" : "1000");
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static final Path SAMPLE =
      Path.of(
          "../server/src/test/resources/dev/workflowsteps/server/document/sample-permissive.ndjson");
  private static Program program;

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
  }

  @Test
  @Rule({"bit-exact", "walk"})
  void sample_walkedInAnyWay_isTheFile() throws Exception {
    Imported sample = imported(ImportedFiles.steps("sample", SAMPLE));
    for (int limit : new int[] {1_000, 7, 1}) {
      sample.walk(limit);
    }
  }

  @Test
  void largeFile_walkedInAnyWay_isTheFile() throws Exception {
    Imported large = imported(ImportedFiles.large());
    for (String limit : LIMITS.split(",")) {
      large.walk(Integer.parseInt(limit));
    }
    large.askAtRandom();
  }

  /**
   * What people ask: what failed, the newest first. Most never started, and many never completed.
   */
  @Test
  @Rule("sort-by")
  void everyErrorOfTheLargeFile_isInTheListByTheEnd_fromADateOn() throws Exception {
    Imported large = imported(ImportedFiles.mixed());
    long year2018 = Instant.parse("2018-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
    Question question =
        new Question(Kind.LIST_STEPS, Map.of(), Map.of("status", Set.of("error")), true, 100)
            .times(new Question.Times(true, year2018, Long.MAX_VALUE));
    List<Row> errors = large.file().scan(question);

    assertThat(errors).hasSize(466);
    for (Client client : large.clients()) {
      new Walk(client, Row::tells).bothWays(question, errors);
    }
  }

  @Test
  @Rule("counts")
  void counts_areThoseOfAPlainScan_overBothTransports() throws Exception {
    Imported large = imported(ImportedFiles.mixed());
    large.count(Question.allSteps(false, 1));
    large.countAtRandom();
  }

  private static Imported imported(Organization file) {
    return new Imported(
        file,
        List.of(
            new RestClient(program.restUrl(), file.key()),
            new GrpcClient(program.grpcPort(), file.key())));
  }

  private record Imported(Organization file, List<Client> clients) {

    void walk(int limit) throws IOException {
      for (Client client : clients) {
        for (boolean descending : new boolean[] {false, true}) {
          Question question = Question.allSteps(descending, limit);
          new Walk(client, Row::tells).bothWays(question, file.scan(question));
        }
      }
    }

    void askAtRandom() throws IOException {
      System.out.println("random questions: -Dwfs.test.seed=" + SEED);
      Random random = new Random(SEED);
      Questions questions = new Questions(file.steps(), random);
      for (int i = 0; i < QUESTIONS; i++) {
        Client client = clients.get(i % clients.size());
        ask(client, questions.next(), random);
      }
    }

    void countAtRandom() throws IOException {
      System.out.println("random counts: -Dwfs.test.seed=" + SEED);
      Questions questions = new Questions(file.steps(), new Random(SEED));
      for (int i = 0; i < COUNTS; i++) {
        count(questions.next());
      }
    }

    void count(Question question) throws IOException {
      String expected = file.count(question.counts());
      for (Client client : clients) {
        assertThat(client.count(question)).as("%s", question.list()).isEqualTo(expected);
      }
    }

    /** A page in the middle of a list, by a cursor that the list itself gave. */
    private void ask(Client client, Question question, Random random) throws IOException {
      List<Row> all = file.scan(question);
      Walk walk = new Walk(client, Row::tells);
      Answer first = client.list(question);
      int end = walk.check(question, first, all, 0);
      assertThat(first.before()).isNull();
      if (first.after() == null || random.nextInt(3) == 0) {
        return;
      }
      Answer second = client.list(question.after(first.after()));
      walk.check(question, second, all, end);
      assertThat(second.before()).isNotNull();
      Answer third = client.list(question.before(second.before()));
      walk.checkBackwards(question, third, all, all.size() - end);
    }
  }

  /** Random filters, of values that the file has and of some that it has not. */
  private static final class Questions {

    private final List<Row> steps;
    private final Random random;
    private final Map<String, List<String>> values = new HashMap<>();

    Questions(List<Row> steps, Random random) {
      this.steps = steps;
      this.random = random;
      for (String field :
          List.of("run_id", "workflow_id", "block_id", "step_id", "block_type", "status")) {
        values.put(
            field,
            steps.stream().map(step -> step.field(field)).flatMap(Stream::ofNullable).toList());
      }
    }

    Question next() {
      Map<String, String> exact = new HashMap<>();
      for (String field : List.of("run_id", "workflow_id", "block_id", "step_id")) {
        if (random.nextInt(4) == 0) {
          exact.put(field, random.nextInt(10) == 0 ? "absent" : any(field));
        }
      }
      Map<String, Set<String>> words = new HashMap<>();
      words.put("block_type", some("block_type", List.of("hil", "merge_pdf")));
      words.put(
          random.nextInt(4) == 0 ? "exclude_status" : "status",
          some("status", List.of("waiting_for_human", "queued")));
      boolean descending = random.nextBoolean();
      int limit = random.nextInt(20) == 0 ? 1_000 : 1 + random.nextInt(60);
      return new Question(Kind.LIST_STEPS, exact, words, descending, limit).times(times());
    }

    /** Between the times of any two steps, of one and none, or of all. */
    private Question.Times times() {
      boolean byEnd = random.nextInt(3) == 0;
      if (random.nextInt(3) > 0) {
        return new Question.Times(byEnd, Long.MIN_VALUE, Long.MAX_VALUE);
      }
      long one = time(byEnd);
      long other = time(byEnd);
      return switch (random.nextInt(4)) {
        case 0 -> new Question.Times(byEnd, one, Long.MAX_VALUE);
        case 1 -> new Question.Times(byEnd, Long.MIN_VALUE, one);
        default -> new Question.Times(byEnd, Math.min(one, other), Math.max(one, other) + 1);
      };
    }

    private long time(boolean byEnd) {
      while (true) {
        Row step = steps.get(random.nextInt(steps.size()));
        Row row = byEnd ? step.byEnd() : step;
        if (row.hasTime()) {
          return row.sortTime();
        }
      }
    }

    private Set<String> some(String field, List<String> rare) {
      if (random.nextBoolean()) {
        return Set.of();
      }
      Set<String> some = new LinkedHashSet<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        some.add(random.nextInt(8) == 0 ? rare.get(random.nextInt(rare.size())) : any(field));
      }
      return some;
    }

    private String any(String field) {
      List<String> all = values.get(field);
      return all.get(random.nextInt(all.size()));
    }
  }
}
