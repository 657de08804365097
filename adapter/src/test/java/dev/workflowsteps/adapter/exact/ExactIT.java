package dev.workflowsteps.adapter.exact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.DataDirs;
import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real files, imported and asked for over both transports: every list and every page holds what a
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
      Path.of(
          System.getProperty(
              "wfs.test.file",
              "src/test/resources/dev/workflowsteps/adapter/exact/mixed.ndjson.gz"));

  private static Path dataDir;
  private static Program program;

  @BeforeAll
  static void start() throws IOException {
    dataDir = DataDirs.create();
    program = Program.serve(dataDir);
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    program.close();
    DataDirs.delete(dataDir);
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
    Program.run(
        "import",
        "--demo",
        "--data-dir=" + dataDir,
        "--organization=" + organization,
        "--create-organization",
        file.toString());
    String key =
        Program.run(
                "keys",
                "create",
                "--demo",
                "--data-dir=" + dataDir,
                "--organization=" + organization)
            .strip();
    return new Imported(
        StepsFile.read(file),
        List.of(
            new RestTransport(program.restUrl(), key), new GrpcTransport(program.grpcPort(), key)));
  }

  private record Imported(StepsFile file, List<Transport> transports) {

    void walk(int limit) {
      for (Transport transport : transports) {
        for (boolean descending : new boolean[] {false, true}) {
          List<Document> expected = file.scan(Question.all(descending, limit));
          assertSame(forwards(transport, descending, limit), expected);
          assertSame(backwards(transport, descending, limit, expected), expected);
        }
      }
    }

    private static List<Transport.Row> forwards(
        Transport transport, boolean descending, int limit) {
      List<Transport.Row> rows = new ArrayList<>();
      Question question = Question.all(descending, limit);
      Transport.Page page = transport.list(question);
      rows.addAll(page.rows());
      assertThat(page.before()).isNull();
      while (page.after() != null) {
        page = transport.list(question.after(page.after()));
        assertThat(page.rows()).isNotEmpty();
        assertThat(page.before()).isNotNull();
        rows.addAll(page.rows());
      }
      return rows;
    }

    /** From the last row of all, which is asked for by itself. */
    private static List<Transport.Row> backwards(
        Transport transport, boolean descending, int limit, List<Document> expected) {
      Question question = Question.all(descending, limit);
      Transport.Page last = transport.list(Question.all(!descending, 1));
      List<List<Transport.Row>> pages = new ArrayList<>(List.of(last.rows()));
      // The first cursor is a plain step id where it names one row, and else a token of a probe.
      Transport.Page page =
          transport.list(question.before(endCursor(transport, question, expected)));
      while (true) {
        pages.add(page.rows());
        if (page.before() == null) {
          break;
        }
        page = transport.list(question.before(page.before()));
        assertThat(page.after()).isNotNull();
      }
      Collections.reverse(pages);
      return pages.stream().flatMap(List::stream).toList();
    }

    /** The cursor of the list's last row: that of the first row of a page that holds it alone. */
    private static String endCursor(
        Transport transport, Question question, List<Document> expected) {
      Transport.Page page = transport.list(question);
      String last = page.after();
      while (page.after() != null) {
        last = page.after();
        page = transport.list(question.after(last));
      }
      // The last page may hold several rows: go on in ones.
      Question one = Question.all(question.descending(), 1);
      Transport.Page next = last == null ? transport.list(one) : transport.list(one.after(last));
      while (next.after() != null) {
        last = next.after();
        next = transport.list(one.after(last));
      }
      assertThat(next.rows().get(0).tells(expected.get(expected.size() - 1))).isTrue();
      return next.before() == null ? last : next.before();
    }

    private static void assertSame(List<Transport.Row> rows, List<Document> expected) {
      assertThat(rows).hasSize(expected.size());
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).tells(expected.get(i)))
            .as("row %d: %s, expected %s", i, rows.get(i), expected.get(i))
            .isTrue();
      }
    }

    void askAtRandom() {
      System.out.println("random questions: -Dwfs.test.seed=" + SEED);
      Random random = new Random(SEED);
      Questions questions = new Questions(file, random);
      for (int i = 0; i < QUESTIONS; i++) {
        Transport transport = transports.get(i % transports.size());
        ask(transport, questions.next(), random);
      }
    }

    /** A page in the middle of a list, by a cursor that the list itself gave. */
    private void ask(Transport transport, Question question, Random random) {
      List<Document> all = file.scan(question);
      Transport.Page first = transport.list(question);
      assertPage(question, first, all);
      assertThat(first.before()).isNull();
      if (first.after() == null || random.nextInt(3) == 0) {
        return;
      }
      int end = first.rows().size();
      Question next = question.after(first.after());
      Transport.Page second = transport.list(next);
      assertPage(next, second, all.subList(end, all.size()));
      assertThat(second.before()).isNotNull();
      Question back = question.before(second.before());
      Transport.Page third = transport.list(back);
      List<Document> reversed = new ArrayList<>(all.subList(0, end));
      Collections.reverse(reversed);
      List<Transport.Row> rows = new ArrayList<>(third.rows());
      Collections.reverse(rows);
      assertPage(
          back, new Transport.Page(rows, third.after(), third.before(), third.bytes()), reversed);
    }

    /** A page begins where it should, and ends where the list, the limit or the bytes do. */
    private static void assertPage(Question question, Transport.Page page, List<Document> rest) {
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

    Questions(StepsFile file, Random random) {
      this.random = random;
      for (String field :
          List.of("run_id", "workflow_id", "block_id", "step_id", "block_type", "status")) {
        values.put(
            field,
            file.documents().stream()
                .map(document -> document.field(field))
                .flatMap(Stream::ofNullable)
                .toList());
      }
    }

    Question next() {
      Map<String, String> exact = new HashMap<>();
      for (String field : List.of("run_id", "workflow_id", "block_id", "step_id")) {
        if (random.nextInt(4) == 0) {
          exact.put(field, random.nextInt(10) == 0 ? "absent" : any(field));
        }
      }
      return new Question(
          exact,
          some("block_type", List.of("hil", "merge_pdf")),
          some("status", List.of("waiting_for_human", "queued")),
          random.nextBoolean(),
          random.nextInt(20) == 0 ? 1_000 : 1 + random.nextInt(60),
          null,
          null);
    }

    private List<String> some(String field, List<String> rare) {
      if (random.nextBoolean()) {
        return List.of();
      }
      List<String> some = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        some.add(random.nextInt(8) == 0 ? rare.get(random.nextInt(rare.size())) : any(field));
      }
      return some.stream().distinct().toList();
    }

    private String any(String field) {
      List<String> all = values.get(field);
      return all.get(random.nextInt(all.size()));
    }
  }
}
