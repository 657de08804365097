package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the contract says that the answer to a request is. */
sealed interface Expected {

  /** Any of these, for sometimes the contract leaves open which of two things is told. */
  record Failure(Set<Code> codes) implements Expected {}

  /** 204 with the methods that the route takes. */
  record Methods() implements Expected {}

  /** Counts. */
  record Counts(String json) implements Expected {}

  /** A single step or record. */
  record One(Row row) implements Expected {}

  /**
   * A page.
   *
   * @param matching all rows of the list, in its order
   * @param from the index of the first row that the page holds
   * @param to the index behind the last
   */
  record Page(Organization organization, Question question, List<Row> matching, int from, int to)
      implements Expected {

    List<Row> rows() {
      return matching.subList(from, to);
    }

    boolean hasBefore() {
      return switch (question.side()) {
        case NONE -> false;
        case AFTER -> from < to;
        case BEFORE -> from > 0 && from < to;
      };
    }

    boolean hasAfter() {
      return from < to && (question.side() == Question.Side.BEFORE || to < matching.size());
    }
  }

  static Failure failure(Code... codes) {
    return new Failure(new TreeSet<>(Arrays.asList(codes)));
  }
}
