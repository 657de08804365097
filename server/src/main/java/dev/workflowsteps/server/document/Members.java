package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.text.MalformedJsonException;
import dev.workflowsteps.server.text.Rfc3339;
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

  /** A time. */
  static Instant time(JsonCursor in) throws MalformedJsonException, RejectedDocumentException {
    String text = in.text();
    Optional<Instant> time = Rfc3339.parse(text);
    if (time.isEmpty()) {
      throw new RejectedDocumentException(Rejection.text(in.path(), text, Rfc3339.EXPECTED));
    }
    return time.get();
  }

  private Members() {}
}
