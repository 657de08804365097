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
import dev.workflowsteps.server.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
  private static final int QUESTIONS = EXHAUSTIVE ? 20_000 : 2_000;
  private static final String LIMITS =
      System.getProperty("wfs.test.limits", EXHAUSTIVE ? "1000,7,1" : "1000");
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());
  private static final long PAGE_BYTES = 3_670_016;

  private static final Path SAMPLE =
      Path.of(
          "../server/src/test/resources/dev/workflowsteps/server/document/sample-permissive.ndjson");
  private static final Path LARGE =
      Path.of(System.getProperty("wfs.test.file", StepsFile.MIXED.toString()));

  private static Program program;

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
  }

  @Test
  @Rule({"bit-exact", "walk"})
  void sample_walkedInAnyWay_isTheFile() throws Exception {
    Imported sample = importOf("sample", SAMPLE);
    for (int limit : new int[] {1_000, 7, 1}) {
      sample.walk(limit);
    }
  }

  @Test
  void largeFile_walkedInAnyWay_isTheFile() throws Exception {
    Imported large = importOf("large", LARGE);
    for (String limit : LIMITS.split(",")) {
      large.walk(Integer.parseInt(limit));
    }
    large.askAtRandom();
  }

  private static Imported importOf(String organization, Path file) throws Exception {
    program.command("import", organization, "--create-organization", file.toString());
    String key = program.command("keys create", organization).strip();
    return new Imported(
        new Organization(organization, key, StepsFile.steps(file), List.of()),
        List.of(new RestClient(program.restUrl(), key), new GrpcClient(program.grpcPort(), key)));
  }

  private record Imported(Organization file, List<Client> clients) {

    void walk(int limit) throws IOException {
      for (Client client : clients) {
        for (boolean descending : new boolean[] {false, true}) {
          List<Row> expected = file.scan(Question.allSteps(descending, limit));
          assertSame(forwards(client, descending, limit), expected);
          assertSame(backwards(client, descending, limit, expected), expected);
        }
      }
    }

    private static List<Row> forwards(Client client, boolean descending, int limit)
        throws IOException {
      List<Row> rows = new ArrayList<>();
      Question question = Question.allSteps(descending, limit);
      Answer page = client.list(question);
      rows.addAll(page.rows());
      assertThat(page.before()).isNull();
      while (page.after() != null) {
        page = client.list(question.after(page.after()));
        assertThat(page.rows()).isNotEmpty();
        assertThat(page.before()).isNotNull();
        rows.addAll(page.rows());
      }
      return rows;
    }

    /** From the last row of all, which is asked for by itself. */
    private static List<Row> backwards(
        Client client, boolean descending, int limit, List<Row> expected) throws IOException {
      Question question = Question.allSteps(descending, limit);
      Answer last = client.list(Question.allSteps(!descending, 1));
      List<List<Row>> pages = new ArrayList<>(List.of(last.rows()));
      // The first cursor is a plain step id where it names one row, and else a token of a probe.
      Answer page = client.list(question.before(endCursor(client, question, expected)));
      while (true) {
        pages.add(page.rows());
        if (page.before() == null) {
          break;
        }
        page = client.list(question.before(page.before()));
        assertThat(page.after()).isNotNull();
      }
      Collections.reverse(pages);
      return pages.stream().flatMap(List::stream).toList();
    }

    /** The cursor of the list's last row: that of the first row of a page that holds it alone. */
    private static String endCursor(Client client, Question question, List<Row> expected)
        throws IOException {
      Answer page = client.list(question);
      String last = page.after();
      while (page.after() != null) {
        last = page.after();
        page = client.list(question.after(last));
      }
      // The last page may hold several rows: go on in ones.
      Question one = Question.allSteps(question.descending(), 1);
      Answer next = last == null ? client.list(one) : client.list(one.after(last));
      while (next.after() != null) {
        last = next.after();
        next = client.list(one.after(last));
      }
      assertThat(next.rows().get(0).tells(expected.get(expected.size() - 1))).isTrue();
      return next.before() == null ? last : next.before();
    }

    private static void assertSame(List<Row> rows, List<Row> expected) {
      assertThat(rows).hasSize(expected.size());
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).tells(expected.get(i)))
            .as("row %d: %s, expected %s", i, rows.get(i), expected.get(i))
            .isTrue();
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

    /** A page in the middle of a list, by a cursor that the list itself gave. */
    private void ask(Client client, Question question, Random random) throws IOException {
      List<Row> all = file.scan(question);
      Answer first = client.list(question);
      assertPage(question, first, all);
      assertThat(first.before()).isNull();
      if (first.after() == null || random.nextInt(3) == 0) {
        return;
      }
      int end = first.rows().size();
      Question next = question.after(first.after());
      Answer second = client.list(next);
      assertPage(next, second, all.subList(end, all.size()));
      assertThat(second.before()).isNotNull();
      Question back = question.before(second.before());
      Answer third = client.list(back);
      List<Row> reversed = new ArrayList<>(all.subList(0, end));
      Collections.reverse(reversed);
      List<Row> rows = new ArrayList<>(third.rows());
      Collections.reverse(rows);
      assertPage(
          back,
          Answer.rows(rows, third.after(), third.before(), List.of(), third.bytes()),
          reversed);
    }

    /** A page begins where it should, and ends where the list, the limit or the bytes do. */
    private static void assertPage(Question question, Answer page, List<Row> rest) {
      int count = Math.min(question.limit(), rest.size());
      if (page.rows().size() < count) {
        int longest = rest.get(page.rows().size()).said().length() * 2;
        assertThat(page.bytes() + longest).as("%s", question).isGreaterThan(PAGE_BYTES);
        assertThat(page.rows()).isNotEmpty();
        count = page.rows().size();
      }
      assertThat(page.rows()).as("%s", question).hasSize(count);
      for (int i = 0; i < count; i++) {
        assertThat(page.rows().get(i).tells(rest.get(i)))
            .as("row %d of %s: %s, expected %s", i, question, page.rows().get(i), rest.get(i))
            .isTrue();
      }
      assertThat(page.after() != null).as("%s", question).isEqualTo(count < rest.size());
    }
  }

  /** Random filters, of values that the file has and of some that it has not. */
  private static final class Questions {

    private final Random random;
    private final Map<String, List<String>> values = new HashMap<>();

    Questions(List<Row> steps, Random random) {
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
      Map<String, Set<String>> anyOf = new HashMap<>();
      anyOf.put("block_type", some("block_type", List.of("hil", "merge_pdf")));
      anyOf.put("status", some("status", List.of("waiting_for_human", "queued")));
      boolean descending = random.nextBoolean();
      int limit = random.nextInt(20) == 0 ? 1_000 : 1 + random.nextInt(60);
      return new Question(Kind.LIST_STEPS, exact, anyOf, descending, limit);
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
