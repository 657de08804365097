package dev.workflowsteps.server.steps;

/** What tests ask of pages. */
final class Pages {

  /** The length of the encodings of all rows. */
  static long bytes(Page<?> page) {
    return page.rows().stream().mapToLong(Sized::size).sum();
  }

  private Pages() {}
}
