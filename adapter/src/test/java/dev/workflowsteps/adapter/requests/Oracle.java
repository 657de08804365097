package dev.workflowsteps.adapter.requests;

import dev.workflowsteps.adapter.client.Kind;
import dev.workflowsteps.adapter.client.Messages;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Question;
import dev.workflowsteps.adapter.client.Request.Header;
import dev.workflowsteps.adapter.client.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the contract says about a request, over all rows that there are: a plain scan, with nothing
 * of the program in it.
 */
final class Oracle {

  private static final Set<String> NO_FILTERS =
      Set.of("limit", "order", "before", "after", "sort_by", "from_date", "to_date", "view");

  private final List<Organization> organizations;
  private final Places places;

  Oracle(List<Organization> organizations, Places places) {
    this.organizations = organizations;
    this.places = places;
  }

  /**
   * @param target the path and the query, their bytes as characters
   */
  Expected rest(String method, String target, List<Header> headers) {
    String[] parts = target.split("\\?", 2);
    List<String> segments = new ArrayList<>();
    for (String segment : parts[0].replaceFirst("^/+", "/").substring(1).split("/", -1)) {
      Optional<String> decoded = Text.decoded(segment, false);
      if (decoded.isEmpty()) {
        return Expected.failure(Code.MALFORMED_REQUEST);
      }
      segments.add(decoded.get());
    }
    if (!isText(parts)) {
      return Expected.failure(Code.MALFORMED_REQUEST);
    }
    Optional<Kind> kind = route(segments);
    if (kind.isEmpty()) {
      return Expected.failure(Code.ROUTE_NOT_FOUND);
    }
    if (method.equals("OPTIONS")) {
      return new Expected.Methods();
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Expected.failure(Code.METHOD_NOT_ALLOWED);
    }
    Optional<Parameters> parameters = Parameters.of(kind.get(), parts.length == 1 ? "" : parts[1]);
    if (parameters.isEmpty()) {
      return Expected.failure(Code.MALFORMED_REQUEST);
    }
    if (segments.size() == 4) {
      parameters.get().put(kind.get().idInPath(), segments.get(3));
    }
    return answer(kind.get(), headers, parameters.get());
  }

  /**
   * @param fields that the message has; empty if it is no message
   */
  Expected grpc(Kind kind, byte[] message, List<Header> headers) {
    if (organization(headers).isEmpty()) {
      return Expected.failure(Code.UNAUTHENTICATED);
    }
    if (Messages.haveMore(kind, message)) {
      return Expected.failure(Code.UNIMPLEMENTED);
    }
    return Messages.parsed(kind, message)
        .map(given -> answer(kind, headers, Parameters.of(kind, given)))
        .orElse(Expected.failure(Code.MALFORMED_REQUEST));
  }

  private static boolean isText(String[] parts) {
    return parts.length == 1 || Text.decoded(parts[1], true).isPresent();
  }

  private static Optional<Kind> route(List<String> segments) {
    for (Kind kind : Kind.values()) {
      List<String> start = List.of("v1", "workflows", kind.collection());
      boolean fits =
          segments.size() == (kind.isSingle() ? 4 : 3)
              && segments.subList(0, 3).equals(start)
              && !(kind.isSingle() && segments.get(3).isEmpty());
      if (fits) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private Expected answer(Kind kind, List<Header> headers, Parameters parameters) {
    Optional<Organization> organization = organization(headers);
    if (organization.isEmpty()) {
      return Expected.failure(Code.UNAUTHENTICATED);
    }
    Optional<Code> error = parameters.error();
    if (error.isPresent()) {
      return Expected.failure(error.get());
    }
    if (kind.isSingle()) {
      return one(organization.get(), kind, parameters);
    }
    Question question = question(kind, parameters);
    return kind.isList()
        ? page(organization.get(), question, parameters.isBasic())
        : new Expected.Counts(organization.get().count(question));
  }

  /** Whose key was sent: one and the same text, however often. */
  private Optional<Organization> organization(List<Header> headers) {
    Set<String> keys = new LinkedHashSet<>();
    for (Header header : headers) {
      String value = header.value().strip();
      if (header.name().equals("api-key")) {
        keys.add(value);
      } else if (header.name().equals("authorization")) {
        keys.add(value.matches("(?i)bearer .*") ? value.substring(7).strip() : "no key");
      }
    }
    return organizations.stream()
        .filter(organization -> keys.equals(Set.of(organization.key())))
        .findFirst();
  }

  private static Expected one(Organization of, Kind kind, Parameters parameters) {
    String id = parameters.single().get(kind.idInPath());
    String run = parameters.single().get("run_id");
    List<Row> found =
        of.rows(kind).stream()
            .filter(row -> id.equals(kind.isOfSteps() ? row.stepId() : row.artifactId()))
            .filter(row -> run == null || run.equals(row.runId()))
            .toList();
    if (found.isEmpty()) {
      return Expected.failure(kind.isOfSteps() ? Code.STEP_NOT_FOUND : Code.ARTIFACT_NOT_FOUND);
    }
    return found.size() > 1
        ? Expected.failure(Code.STEP_AMBIGUOUS)
        : new Expected.One(parameters.isBasic() ? found.get(0).basic() : found.get(0));
  }

  private static Question question(Kind kind, Parameters parameters) {
    Map<String, String> exact = new HashMap<>(parameters.single());
    exact.keySet().removeAll(NO_FILTERS);
    exact.computeIfPresent(
        "operation", (name, value) -> Parameters.word(name, value).orElseThrow());
    Map<String, Set<String>> words = new HashMap<>();
    parameters
        .several()
        .forEach(
            (name, given) ->
                words.put(
                    name,
                    given.stream()
                        .map(word -> Parameters.word(name, word).orElseThrow())
                        .collect(Collectors.toSet())));
    Map<String, String> single = parameters.single();
    Question.Side side = Question.Side.NONE;
    if (single.containsKey("before")) {
      side = Question.Side.BEFORE;
    } else if (single.containsKey("after")) {
      side = Question.Side.AFTER;
    }
    return new Question(
        kind,
        exact,
        words,
        parameters.times(),
        single.containsKey("order")
            && Parameters.word("order", single.get("order")).orElseThrow().equals("desc"),
        limit(kind, single),
        side,
        single.getOrDefault("before", single.get("after")));
  }

  private static int limit(Kind kind, Map<String, String> single) {
    if (!kind.isList()) {
      return 0;
    }
    return single.containsKey("limit") ? Integer.parseInt(single.get("limit")) : kind.usualRows();
  }

  private Expected page(Organization of, Question question, boolean basic) {
    if (question.kind() == Kind.LIST_ARTIFACTS && !question.exact().containsKey("run_id")) {
      String step = question.exact().get("step_id");
      if (of.places(question.kind(), step, Optional.empty()).size() > 1) {
        return Expected.failure(Code.STEP_AMBIGUOUS);
      }
    }
    List<Row> scanned = of.scan(question);
    List<Row> matching = basic ? scanned.stream().map(Row::basic).toList() : scanned;
    int limit = question.limit();
    if (question.side() == Question.Side.NONE) {
      return new Expected.Page(of, question, matching, 0, Math.min(limit, matching.size()));
    }
    Cursor cursor = cursor(of, question);
    if (cursor.failure() != null) {
      return cursor.failure();
    }
    int before = 0;
    int behind = 0;
    for (Row row : matching) {
      int side = row.compareTo(cursor.place()) * (question.descending() ? -1 : 1);
      before += side < 0 ? 1 : 0;
      behind += side <= 0 ? 1 : 0;
    }
    return question.side() == Question.Side.AFTER
        ? new Expected.Page(
            of, question, matching, behind, Math.min(matching.size(), behind + limit))
        : new Expected.Page(of, question, matching, Math.max(0, before - limit), before);
  }

  /** A place, or why there is none. */
  private record Cursor(Row place, Expected.Failure failure) {}

  private Cursor cursor(Organization of, Question question) {
    Optional<Places.Place> known = places.of(question.cursor());
    if (known.isPresent()) {
      return token(of, question, known.get());
    }
    List<Row> found =
        of.places(
            question.kind(),
            question.cursor(),
            Optional.ofNullable(question.exact().get("run_id")));
    if (found.size() != 1) {
      Code code = found.isEmpty() ? Code.CURSOR_NOT_FOUND : Code.CURSOR_AMBIGUOUS;
      return new Cursor(null, Expected.failure(code));
    }
    Row place = question.times().byEnd() ? found.get(0).byEnd() : found.get(0);
    boolean behindAll =
        question.kind() == Kind.LIST_ARTIFACTS
            && (question.side() == Question.Side.AFTER) != question.descending();
    return new Cursor(behindAll ? place.behindItsRecords() : place, null);
  }

  private static Cursor token(Organization of, Question question, Places.Place place) {
    if (!place.organization().equals(of.name())) {
      return new Cursor(null, Expected.failure(Code.CURSOR_NOT_FOUND));
    }
    if (place.kind() != question.kind()) {
      return new Cursor(null, Expected.failure(Code.CURSOR_NOT_FOUND, Code.CURSOR_FILTER_MISMATCH));
    }
    if (!place.list().equals(question.list())) {
      return new Cursor(null, Expected.failure(Code.CURSOR_FILTER_MISMATCH));
    }
    return new Cursor(place.row(), null);
  }
}
