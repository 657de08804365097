package dev.workflowsteps.adapter.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** Follows the cursors of a list and holds each page against the rows that a plain scan gives. */
public final class Walk {

  private static final int PAGE_BYTES = 3_670_016;

  private final Client client;
  private final BiPredicate<Row, Row> same;
  private final Set<String> cursors = new HashSet<>();
  private int endedByBytes;

  /**
   * @param same whether an answered row is the expected one
   */
  public Walk(Client client, BiPredicate<Row, Row> same) {
    this.client = client;
    this.same = same;
  }

  /** How many pages ended by their bytes. */
  public int endedByBytes() {
    return endedByBytes;
  }

  /**
   * From the first page to the last, and back in other pages.
   *
   * @param rows all of the list
   */
  public void bothWays(Question question, List<Row> rows) throws IOException {
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
    back(question.limit(Math.max(1, question.limit() - 1)), page, rows);
  }

  private void back(Question question, Answer last, List<Row> rows) throws IOException {
    cursors.clear();
    Answer page = last;
    int at = last.rows().size();
    while (page.before() != null) {
      page = client.list(question.before(fresh(page.before())));
      assertThat(page.after()).as("%s", question.list()).isNotNull();
      at = checkBackwards(question, page, rows, at);
    }
    assertThat(at).as("%s", question.list()).isEqualTo(rows.size());
  }

  /**
   * Holds a page against its rows.
   *
   * @param from how many rows lie before it
   * @return how many rows lie before the next page
   */
  public int check(Question question, Answer page, List<Row> rows, int from) {
    return check(question, page.rows(), page.after() != null, rows, from);
  }

  /** As {@link #check}, counted from the end: what lies before it is what lies behind. */
  public int checkBackwards(Question question, Answer page, List<Row> rows, int from) {
    return check(question, reversed(page.rows()), page.before() != null, reversed(rows), from);
  }

  private int check(Question question, List<Row> page, boolean more, List<Row> rows, int from) {
    int to = from + page.size();
    assertThat(to).as("%s", question.list()).isLessThanOrEqualTo(rows.size());
    for (int i = from; i < to; i++) {
      // Compared at once: what is large is nothing to look at.
      assertThat(same.test(page.get(i - from), rows.get(i)))
          .as("%s: row %d, %s %s", question, i, rows.get(i).runId(), rows.get(i).stepId())
          .isTrue();
    }
    assertThat(to - from).as("%s", question.list()).isLessThanOrEqualTo(question.limit());
    assertThat(more).as("%s", question.list()).isEqualTo(to < rows.size());
    if (to < rows.size() && to - from < question.limit()) {
      endedByBytes++;
      int bytes = rows.subList(from, to + 1).stream().mapToInt(row -> row.json().length()).sum();
      assertThat(bytes).as("%s", question.list()).isGreaterThan(PAGE_BYTES);
      assertThat(to).as("%s", question.list()).isGreaterThan(from);
    }
    return to;
  }

  private static List<Row> reversed(List<Row> rows) {
    List<Row> reversed = new ArrayList<>(rows);
    Collections.reverse(reversed);
    return reversed;
  }

  private String fresh(String cursor) {
    assertThat(cursors.add(cursor)).as("%s again", cursor).isTrue();
    return cursor;
  }
}
