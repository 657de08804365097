package dev.workflowsteps.server.steps;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The documents of one write in their order: those to be written, and those that are rejected.
 *
 * @param <D> a document
 */
public final class WriteBatch<D> {

  private final List<D> documents = new ArrayList<>();

  /** One for each place: why its document is rejected, empty if it is among the documents. */
  private final List<Optional<Rejection>> rejections = new ArrayList<>();

  public void add(D document) {
    documents.add(document);
    rejections.add(Optional.empty());
  }

  public void reject(Rejection rejection) {
    rejections.add(Optional.of(rejection));
  }

  /** Those to be written. */
  public List<D> documents() {
    return documents;
  }

  /**
   * What became of every document, in the order in which they were added.
   *
   * @param written what became of {@link #documents()}, in its order
   */
  public List<WriteResult> results(List<? extends WriteResult> written) {
    Iterator<? extends WriteResult> next = written.iterator();
    return rejections.stream()
        .<WriteResult>map(rejection -> rejection.isPresent() ? rejection.get() : next.next())
        .toList();
  }
}
