package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A client that follows {@code list_metadata} and nothing else neither loops nor stops early nor
 * loses a row, in either direction, also where pages end by their bytes.
 *
 * <p>{@code -Dwfs.test.seed=N} walks the same lists again.
 */
class EnvelopeIT {

  private static final int WALKS = 40;
  private static final int LARGEST_PAYLOAD = 900_000;
  private static final int PAGE_BYTES = 3_670_016;
  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());

  private static Program program;

  private final Random random = new Random(SEED);
  private final Set<String> cursors = new HashSet<>();
  private int endedByBytes;

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
  }

  @Test
  void walk_ofAnyList_endsWithEveryRow_bothWays() throws Exception {
    System.out.println("walks: -Dwfs.test.seed=" + SEED);
    Organization organization = new Sample(random, LARGEST_PAYLOAD).importInto(program, "walked");
    try (Client client = new RestClient(program.restUrl(), organization.key())) {
      for (int i = 0; i < WALKS; i++) {
        Question question = question(organization, i);
        walk(client, question, organization.scan(question));
      }
    }
    assertThat(endedByBytes).as("pages that ended by their bytes").isPositive();
  }

  /** Now and then all, else some of them. */
  private Question question(Organization organization, int walk) {
    Kind kind = random.nextInt(4) == 0 ? Kind.LIST_ARTIFACTS : Kind.LIST_STEPS;
    Row row = organization.rows(kind).get(random.nextInt(organization.rows(kind).size()));
    Map<String, String> exact = new HashMap<>();
    if (kind == Kind.LIST_ARTIFACTS || random.nextInt(3) == 0) {
      exact.put("run_id", row.runId());
    }
    Map<String, Set<String>> anyOf = new HashMap<>();
    if (kind == Kind.LIST_STEPS && random.nextBoolean()) {
      anyOf.put("status", new HashSet<>(List.of("completed", "error", row.fields().get("status"))));
    }
    int[] limits = {1, 7, 50, kind.mostRows()};
    // One at a time only where there are few.
    int limit = limits[exact.isEmpty() ? 1 + walk % 3 : walk % 4];
    boolean descending = kind == Kind.LIST_STEPS && random.nextBoolean();
    return new Question(kind, exact, anyOf, descending, limit);
  }

  private void walk(Client client, Question question, List<Row> rows) throws IOException {
    cursors.clear();
    Answer page = client.list(question);
    assertThat(page.before()).as("%s", question.list()).isNull();
    int at = check(question, page, rows, 0);
    while (page.after() != null) {
      page = client.list(question.after(fresh(page.after())));
      assertThat(page.before()).as("%s", question.list()).isNotNull();
      at = check(question, page, rows, at);
    }
    assertThat(at).as("%s", question.list()).isEqualTo(rows.size());
    back(client, question, page, rows);
  }

  /** From the last page to the first. */
  private void back(Client client, Question question, Answer last, List<Row> rows)
      throws IOException {
    List<Row> backwards = new ArrayList<>(rows);
    Collections.reverse(backwards);
    cursors.clear();
    Answer page = last;
    int at = last.rows().size();
    while (page.before() != null) {
      page = client.list(question.before(fresh(page.before())));
      assertThat(page.after()).as("%s", question.list()).isNotNull();
      List<Row> reversed = new ArrayList<>(page.rows());
      Collections.reverse(reversed);
      // Seen from its end, what lies before is what lies behind.
      Answer turned =
          Answer.rows(reversed, page.after(), page.before(), page.requestIds(), page.bytes());
      at = check(question, turned, backwards, at);
    }
    assertThat(at).as("%s", question.list()).isEqualTo(rows.size());
  }

  /** Where the next page begins. */
  private int check(Question question, Answer page, List<Row> rows, int from) {
    int to = from + page.rows().size();
    assertThat(to).as("%s", question.list()).isLessThanOrEqualTo(rows.size());
    for (int i = from; i < to; i++) {
      // Compared at once: what is large is nothing to look at.
      assertThat(page.rows().get(i - from).isSameAs(rows.get(i)))
          .as("%s: row %d", question.list(), i)
          .isTrue();
    }
    assertThat(to - from).as("%s", question.list()).isLessThanOrEqualTo(question.limit());
    assertThat(page.after() != null).as("%s", question.list()).isEqualTo(to < rows.size());
    if (to < rows.size() && to - from < question.limit()) {
      endedByBytes++;
      int bytes = rows.subList(from, to + 1).stream().mapToInt(row -> row.json().length()).sum();
      assertThat(bytes).as("%s", question.list()).isGreaterThan(PAGE_BYTES);
      assertThat(to).as("%s", question.list()).isGreaterThan(from);
    }
    return to;
  }

  private String fresh(String cursor) {
    assertThat(cursors.add(cursor)).as("%s again", cursor).isTrue();
    return cursor;
  }
}
