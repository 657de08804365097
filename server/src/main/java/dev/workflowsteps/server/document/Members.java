package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.steps.MalformedJsonException;
import dev.workflowsteps.server.steps.Rejection;
import java.time.Instant;
import java.util.Optional;

/** Members that several kinds of documents have. */
final class Members {

  /** {@code organization_id}: a document may name the organization, but no other. */
  static void organization(JsonCursor in, String organizationId)
      throws MalformedJsonException, RejectedDocumentException {
    String named = in.text();
    if (!named.equals(organizationId)) {
      String expected = Quote.text(organizationId) + ", the organization that is written to";
      throw new RejectedDocumentException(Rejection.text(in.path(), named, expected));
    }
  }

  /** A time, or null. */
  static Optional<Instant> time(JsonCursor in)
      throws MalformedJsonException, RejectedDocumentException {
    if (in.takeNull()) {
      return Optional.empty();
    }
    String text = in.text();
    Optional<Instant> time = Rfc3339.parse(text);
    if (time.isEmpty()) {
      throw new RejectedDocumentException(Rejection.text(in.path(), text, Rfc3339.EXPECTED));
    }
    return time;
  }

  private Members() {}
}
