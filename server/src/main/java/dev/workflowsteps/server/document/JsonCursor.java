package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;
import dev.workflowsteps.contract.Suggestion;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.text.JsonText;
import dev.workflowsteps.server.text.MalformedJsonException;
import dev.workflowsteps.server.text.Rfc3339;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads one JSON document from front to back, value after value, as its caller expects them: each
 * method takes what comes next or rejects the document, naming the path. Objects and arrays are
 * walked by a loop over {@link #nextKey}, {@link #nextName} or {@link #nextItem}, whose body must
 * take the value.
 */
final class JsonCursor {

  private final byte[] b;
  private final int start;
  private final int end;
  private final JsonPath path = new JsonPath();
  private int at;

  /** Where the key of the member stands that was read last. */
  private int memberAt;

  /**
   * Whether the innermost object or array has just been entered; no comma comes before its first
   * member.
   */
  private boolean first;

  /** Reads the bytes from {@code start} to {@code end}. */
  JsonCursor(byte[] b, int start, int end) {
    this.b = b;
    this.start = start;
    this.end = end;
    this.at = start;
  }

  void beginObject() throws RejectedDocumentException {
    begin('{', "an object");
  }

  void beginArray() throws RejectedDocumentException {
    begin('[', "an array");
  }

  /**
   * The index of the next key of an object; -1 at the end of the object.
   *
   * @param given the keys that came before, as the bits of their indices
   */
  int nextKey(Keys keys, long given) throws MalformedJsonException, RejectedDocumentException {
    if (!nextMember('}')) {
      return -1;
    }
    int from = at + 1;
    at = JsonText.skipString(b, at, end);
    int found = keys.find(b, from, at - 1);
    String key = found >= 0 ? keys.names().get(found) : JsonStrings.decode(b, from, at - 1);
    path.key(key);
    if (found < 0) {
      found = keys.names().indexOf(key);
      if (found < 0) {
        throw unknown(key, keys);
      }
    }
    if ((given & 1L << found) != 0) {
      throw rejected(Rejection.of(path.shown(), "given twice", "once"));
    }
    colon();
    return found;
  }

  /** The next key of an object whose keys are free; null at the end of the object. */
  String nextName() throws MalformedJsonException {
    if (!nextMember('}')) {
      return null;
    }
    memberAt = at;
    int from = at + 1;
    at = JsonText.skipString(b, at, end);
    String name = JsonStrings.decode(b, from, at - 1);
    path.key(name);
    colon();
    return name;
  }

  /** Whether an array has one more item. */
  boolean nextItem() throws MalformedJsonException {
    boolean more = nextMember(']');
    if (more) {
      path.nextIndex();
    }
    return more;
  }

  /** Takes a null, if it comes next. */
  boolean takeNull() throws MalformedJsonException {
    if (peek() != 'n') {
      return false;
    }
    at = JsonText.skipValue(b, at, end);
    return true;
  }

  String text() throws MalformedJsonException, RejectedDocumentException {
    if (peek() != '"') {
      throw unexpected("text");
    }
    int from = at + 1;
    at = JsonText.skipString(b, at, end);
    return JsonStrings.decode(b, from, at - 1);
  }

  /** An integer without point or exponent. */
  int integer() throws MalformedJsonException, RejectedDocumentException {
    byte next = peek();
    if (next != '-' && (next < '0' || next > '9')) {
      throw unexpected("an integer");
    }
    int from = at;
    int to = JsonText.skipNumber(b, at, end);
    try {
      int value = Integer.parseInt(JsonStrings.decode(b, from, to));
      at = to;
      return value;
    } catch (NumberFormatException e) {
      throw unexpected("an integer of 32 bits without decimal point");
    }
  }

  boolean bool() throws MalformedJsonException, RejectedDocumentException {
    byte next = peek();
    if (next != 't' && next != 'f') {
      throw unexpected("true or false");
    }
    at = JsonText.skipValue(b, at, end);
    return next == 't';
  }

  Instant time() throws MalformedJsonException, RejectedDocumentException {
    String text = text();
    return Rfc3339.parse(text)
        .orElseThrow(() -> rejected(Rejection.text(path(), text, Rfc3339.EXPECTED)));
  }

  /** The id of an organization: a document may name this one, but no other. */
  void organization(String organizationId)
      throws MalformedJsonException, RejectedDocumentException {
    String named = text();
    if (!named.equals(organizationId)) {
      String expected = Quote.text(organizationId) + ", the organization that is written to";
      throw rejected(Rejection.text(path(), named, expected));
    }
  }

  /** Takes text and writes it as a field. */
  void text(int field, WireBuffer out) throws MalformedJsonException, RejectedDocumentException {
    if (peek() != '"') {
      throw unexpected("text");
    }
    int from = at + 1;
    at = JsonText.skipString(b, at, end);
    JsonStrings.write(b, from, at - 1, field, out);
  }

  /** Takes any value and writes its bytes, as they stand in the document, as a field. */
  void raw(int field, WireBuffer out) throws MalformedJsonException {
    peek();
    int from = at;
    at = JsonText.skipValue(b, at, end);
    out.bytes(field, b, from, at);
  }

  /**
   * The member whose value was just taken, its key read by {@link #nextName}, as its bytes stand.
   */
  byte[] member() {
    return Arrays.copyOfRange(b, memberAt, at);
  }

  /** All that was taken so far, as its bytes stand, without white space before it. */
  byte[] taken() {
    return Arrays.copyOfRange(b, JsonText.skipSpace(b, start, at), at);
  }

  /** Takes any value, as a member of the outermost object: that counts as a level. */
  void skipMember() throws MalformedJsonException {
    peek();
    at = JsonText.skipMember(b, at, end);
  }

  /** Nothing but white space may follow. */
  void requireEnd() throws MalformedJsonException {
    at = JsonText.skipSpace(b, at, end);
    if (at < end) {
      throw new MalformedJsonException(at, "the end of the line");
    }
  }

  /** The path of a member of the object that was just left. */
  String pathOf(String member) {
    return path.shown(member);
  }

  /** The path of the value that was just taken or comes next. */
  String path() {
    return path.shown();
  }

  /** The value of a member that the object, which was just left, must have. */
  <T> T required(String member, T value, String expected) throws RejectedDocumentException {
    if (value == null) {
      throw rejected(Rejection.of(pathOf(member), "missing", expected));
    }
    return value;
  }

  RejectedDocumentException malformed(MalformedJsonException e) {
    String shown = "malformed JSON at byte " + (e.offset() - start);
    return rejected(Rejection.of(path(), shown, e.expected()));
  }

  private static RejectedDocumentException rejected(Rejection rejection) {
    return new RejectedDocumentException(rejection);
  }

  private void begin(char open, String expected) throws RejectedDocumentException {
    if (peek() != open) {
      throw unexpected(expected);
    }
    at++;
    first = true;
    path.enter();
  }

  private boolean nextMember(char close) throws MalformedJsonException {
    if (peek() == close) {
      at++;
      first = false;
      path.leave();
      return false;
    }
    if (!first) {
      expect(',', "a comma or " + close);
      peek();
    }
    first = false;
    return true;
  }

  private void colon() throws MalformedJsonException {
    peek();
    expect(':', "a colon");
  }

  private void expect(char wanted, String expected) throws MalformedJsonException {
    if (at >= end || b[at] != wanted) {
      throw new MalformedJsonException(at, expected);
    }
    at++;
  }

  /** The first byte behind white space, 0 at the end. */
  private byte peek() {
    at = JsonText.skipSpace(b, at, end);
    return at < end ? b[at] : 0;
  }

  private RejectedDocumentException unknown(String key, Keys keys) {
    String near =
        Suggestion.near(key, keys.names()).map(name -> "; did you mean " + name + "?").orElse("");
    String expected = "one of " + String.join(", ", keys.names()) + near;
    return rejected(Rejection.of(path.shown(), "unknown key", expected));
  }

  /** Rejects the value that comes next, which must be well-formed for that. */
  private RejectedDocumentException unexpected(String expected) {
    try {
      int to = JsonText.skipValue(b, at, end);
      return rejected(Rejection.of(path.shown(), JsonStrings.shown(b, at, to), expected));
    } catch (MalformedJsonException e) {
      return malformed(e);
    }
  }
}
