package dev.workflowsteps.adapter.http;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entity tag of a body (RFC 9110, section 8.8.3), made of its bytes before compression: the
 * same body has the same tag on every server and in every version of the program.
 *
 * <p>Weak, because one tag stands for the body as it is and for its compressed form.
 *
 * @param opaque with its quotes and without {@code W/}: what the weak comparison compares
 */
public record EntityTag(String opaque) {

  private static final HashFunction HASH = Hashing.murmur3_128();

  private static final String ANY = "*";

  /** An element of a list of tags, which may be empty. Tags may hold commas, but no quotes. */
  private static final Pattern ELEMENT =
      Pattern.compile("[ \\t]*+(?:(?:W/)?+(?<opaque>\"[!#-~\\x80-\\xff]*+\")[ \\t]*+)?+(?:,|\\z)");

  /** The tag of a body, which is read to its end. */
  public static EntityTag of(ByteBuffer body) {
    return new EntityTag('"' + HASH.hashBytes(body).toString() + '"');
  }

  /** As {@code ETag} has it. */
  public String value() {
    return "W/" + opaque;
  }

  /**
   * Whether {@code If-None-Match} says that the caller has the body (RFC 9110, section 13.1.2). A
   * field that breaks the grammar does not: a whole response is never wrong.
   */
  public boolean isHeldBy(RequestHeaders request) {
    String field = String.join(",", request.getAll(HttpHeaderNames.IF_NONE_MATCH)).strip();
    if (field.equals(ANY)) {
      return true;
    }
    boolean found = false;
    Matcher element = ELEMENT.matcher(field);
    for (int at = 0; at < field.length(); at = element.end()) {
      if (!element.region(at, field.length()).lookingAt()) {
        return false;
      }
      found |= opaque.equals(element.group("opaque"));
    }
    return found;
  }

  /** The response to a caller who has the body: its headers but for those that describe a body. */
  public HttpResponse notModified(String requestId) {
    ResponseHeadersBuilder headers = Responses.headers(HttpStatus.NOT_MODIFIED, requestId);
    headers.set(HttpHeaderNames.ETAG, value());
    Gzip.describe(headers, false);
    return HttpResponse.of(headers.build());
  }
}
