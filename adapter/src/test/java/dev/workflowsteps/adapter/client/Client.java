package dev.workflowsteps.adapter.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A client of one transport. */
public interface Client extends AutoCloseable {

  /** Sends any request, right or wrong, with the headers that it has and no others. */
  Answer ask(Request request) throws IOException;

  /** A page, asked for with the client's own key; an error fails the test. */
  Answer list(Question question) throws IOException;

  /** The counts of what a list has, as JSON. */
  default String count(Question question) throws IOException {
    return list(question.counts()).counts();
  }

  /** All rows of a list, from its first page to its last. */
  default List<Row> walk(Question question) throws IOException {
    Answer page = list(question);
    List<Row> rows = new ArrayList<>(page.rows());
    while (page.after() != null) {
      page = list(question.after(page.after()));
      rows.addAll(page.rows());
    }
    return rows;
  }

  @Override
  void close();
}
