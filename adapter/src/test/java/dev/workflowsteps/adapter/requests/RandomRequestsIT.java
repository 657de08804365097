package dev.workflowsteps.adapter.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.adapter.Program;
import dev.workflowsteps.adapter.client.Answer;
import dev.workflowsteps.adapter.client.Client;
import dev.workflowsteps.adapter.client.GrpcClient;
import dev.workflowsteps.adapter.client.Organization;
import dev.workflowsteps.adapter.client.Request;
import dev.workflowsteps.adapter.client.RestClient;
import dev.workflowsteps.adapter.client.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests of every kind, right and wrong, over both transports: each is answered as the {@link
 * Oracle} says.
 *
 * <p>{@code -Dwfs.test.exhaustive=true} sends 50,000, {@code -Dwfs.test.seed=N} the same ones
 * again.
 */
class RandomRequestsIT {

  private static final int REQUESTS = Boolean.getBoolean("wfs.test.exhaustive") ? 50_000 : 2_000;

  /** More than the others only until there was enough of each kind. */
  private static final int MOST_REQUESTS = Math.max(5_000, REQUESTS);

  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());
  private static final Pattern TOKEN = Pattern.compile("wfc1_[A-Za-z0-9_-]{20,}");

  private static Program program;

  private final Random random = new Random(SEED);
  private final Places places = new Places();
  private final Set<String> requestIds = new HashSet<>();
  private final Map<String, String> bodies = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  @BeforeAll
  static void start() throws IOException {
    program = Program.shared();
  }

  @Test
  void randomRequests_areAnsweredAsTheContractSays() throws Exception {
    System.out.println("random requests: -Dwfs.test.seed=" + SEED);
    List<Organization> organizations = List.of(imported("left"), imported("right"));
    Oracle oracle = new Oracle(organizations, places);
    RandomRequests requests =
        new RandomRequests(random, organizations, places, List.of(revokedKey("left")));
    try (Client rest = new RestClient(program.restUrl(), "");
        Client grpc = new GrpcClient(program.grpcPort(), "")) {
      for (int i = 0; i < REQUESTS || (i < MOST_REQUESTS && !isEnoughOfEachKind()); i++) {
        Asked asked = requests.next(i % 2 == 0);
        Expected expected = expected(oracle, asked);
        Answer answer = (asked.rest() ? rest : grpc).ask(asked.request());
        assertRequestId(asked, answer);
        check(asked, expected, answer);
        checkTag(asked, answer);
        if (asked.rest() && random.nextInt(4) == 0) {
          checkCondition(asked, answer, rest);
        }
        if (expected instanceof Expected.Page) {
          Optional.ofNullable(answer.after())
              .ifPresent(cursor -> requests.remember(asked, "after", cursor));
          Optional.ofNullable(answer.before())
              .ifPresent(cursor -> requests.remember(asked, "before", cursor));
        }
      }
    }
    System.out.println("answers: " + counts);
    assertThat(counts).as("something of every kind").containsKeys(kinds());
    assertThat(counts).allSatisfy((kind, count) -> assertThat(count).isGreaterThan(least(kind)));
  }

  private boolean isEnoughOfEachKind() {
    return Stream.of(kinds()).allMatch(kind -> counts.getOrDefault(kind, 0) > least(kind));
  }

  /** What can become of a request. */
  private static String[] kinds() {
    return Stream.concat(
            Stream.of(Code.values()).map(Code::word),
            Stream.of("page", "counts", "one", "no body", "not modified", "modified"))
        .toArray(String[]::new);
  }

  private static int least(String kind) {
    return switch (kind) {
      case "page" -> REQUESTS / 5;
      case "not modified" -> REQUESTS / 50;
      case "counts", "modified" -> REQUESTS / 100;
      default -> 0;
    };
  }

  private static Expected expected(Oracle oracle, Asked asked) {
    Request request = asked.request();
    return asked.rest()
        ? oracle.rest(request.method(), request.target(), request.headers())
        : oracle.grpc(request.kind(), request.message(), request.headers());
  }

  private void check(Asked asked, Expected expected, Answer answer) {
    if (expected instanceof Expected.Failure failure) {
      checkFailure(asked, failure, answer);
      return;
    }
    assertThat(answer.error()).as("%s", asked).isNull();
    if (expected instanceof Expected.Methods || asked.method().equals("HEAD")) {
      assertThat(answer.rows()).as("%s", asked).isEmpty();
      count("no body");
    } else if (expected instanceof Expected.Counts counted) {
      assertThat(answer.counts()).as("%s", asked).isEqualTo(counted.json());
      count("counts");
    } else if (expected instanceof Expected.One one) {
      assertSame(asked, answer.rows(), List.of(one.row()));
      count("one");
    } else if (expected instanceof Expected.Page page) {
      assertSame(asked, answer.rows(), page.rows());
      checkCursor(asked, page, page.hasBefore(), page.from(), page.from() - 1, answer.before());
      checkCursor(asked, page, page.hasAfter(), page.to() - 1, page.to(), answer.after());
      count("page");
    }
  }

  private void checkFailure(Asked asked, Expected.Failure failure, Answer answer) {
    List<String> possible = new ArrayList<>();
    for (Code code : failure.codes()) {
      String bodiless = String.valueOf(code.http());
      String rest = asked.method().equals("HEAD") ? bodiless : bodiless + ' ' + code.word();
      possible.add(asked.rest() ? rest : code.grpc() + " " + code.name());
    }
    assertThat(answer.error()).as("%s: expected %s", asked, possible).isNotNull();
    assertThat(answer.error().code()).as("%s", asked).isIn(possible);
    assertThat(answer.error().text())
        .as("%s", asked)
        .doesNotContain(asked.wish().organization().key());
    count(failure.codes().iterator().next().word());
  }

  /** The same request with a condition: a 304 if that holds, else the same answer. */
  private void checkCondition(Asked asked, Answer plain, Client rest) throws IOException {
    boolean tagged = plain.etag() != null;
    RandomCondition condition = RandomCondition.draw(random, tagged ? plain.etag() : "W/\"none\"");
    String method = tagged && random.nextInt(4) == 0 ? "HEAD" : asked.method();
    Request request = asked.request().with(method, condition.headers());
    Answer answer = rest.ask(request);

    assertThat(answer.etag()).as("%s", request).isEqualTo(plain.etag());
    if (tagged && condition.holds()) {
      assertThat(answer.code()).as("%s", request).hasValue("304");
      count("not modified");
      return;
    }
    assertThat(answer.code()).as("%s", request).isEqualTo(plain.code());
    if (tagged && method.equals("GET")) {
      assertThat(body(answer)).as("%s", request).isEqualTo(body(plain));
      count("modified");
    }
  }

  /** Another body has another tag. */
  private void checkTag(Asked asked, Answer answer) {
    if (asked.rest() && asked.method().equals("GET") && answer.etag() != null) {
      String body = body(answer);
      assertThat(bodies.merge(answer.etag(), body, (first, again) -> first))
          .as("%s", asked)
          .isEqualTo(body);
    }
  }

  private static String body(Answer answer) {
    List<String> rows = answer.rows().stream().map(Row::json).toList();
    return rows + " " + answer.counts() + " " + answer.before() + " " + answer.after();
  }

  /**
   * A cursor names its row and nothing else.
   *
   * @param row the index of the row at the page's edge
   * @param beyond the index of its neighbour on the other side of the edge
   */
  private void checkCursor(
      Asked asked, Expected.Page page, boolean there, int row, int beyond, String cursor) {
    assertThat(cursor != null).as("%s: %s", asked, cursor).isEqualTo(there);
    if (!there) {
      return;
    }
    Row edge = page.matching().get(row);
    boolean steps = page.question().kind().isOfSteps();
    boolean plain = page.question().exact().containsKey("run_id") && edge.hasTime();
    boolean apart =
        beyond < 0
            || beyond >= page.matching().size()
            || !page.matching().get(beyond).isOfStepOf(edge);
    if (plain && apart && cursor.equals(edge.stepId())) {
      return;
    }
    // Of artifacts a token is never wrong.
    assertThat(steps && plain).as("%s: %s", asked, cursor).isFalse();
    assertThat(cursor).as("%s", asked).matches(TOKEN);
    Places.Place place =
        new Places.Place(
            page.organization().name(), page.question().list(), page.question().kind(), edge);
    assertThat(places.add(cursor, place)).as("%s: %s", asked, cursor).isTrue();
  }

  private static void assertSame(Asked asked, List<Row> rows, List<Row> expected) {
    assertThat(rows).as("%s", asked).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).isSameAs(expected.get(i)))
          .as("row %d of %s: %s, expected %s", i, asked, rows.get(i), expected.get(i))
          .isTrue();
    }
  }

  /** What HTTP's own decoder refuses is answered before the headers are looked at. */
  private void assertRequestId(Asked asked, Answer answer) {
    assertThat(answer.requestIds()).as("%s", asked).hasSize(1);
    String id = answer.requestIds().get(0);
    Optional<String> kept =
        asked.request().headers().stream()
            .filter(header -> header.name().equals("x-request-id"))
            .map(Request.Header::value)
            .filter(value -> value.matches("[A-Za-z0-9._-]{1,64}"))
            .findFirst();
    boolean unread = answer.code().filter(code -> code.startsWith("400")).isPresent();
    if (kept.isPresent() && !(unread && id.startsWith("req_"))) {
      assertThat(id).as("%s", asked).isEqualTo(kept.get());
    } else {
      assertThat(id).as("%s", asked).startsWith("req_");
      assertThat(requestIds.add(id)).as("%s: %s again", asked, id).isTrue();
    }
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private Organization imported(String name) throws Exception {
    return new Sample(random, 0).importInto(program, name);
  }

  private static String revokedKey(String name) throws Exception {
    String key = program.command("keys create", name).strip();
    program.command("keys revoke", name, key.substring(4, 12));
    return key;
  }
}
