package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.Scan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepListerTest {

  private static final String ORG = "acme";
  private static final int SIZE = 100;

  private final InMemoryStepStore store = new InMemoryStepStore();
  private final StepLister lister = new StepLister(store, store, 1_000_000);
  private final List<StepPosition> all = new ArrayList<>();

  @BeforeEach
  void write() {
    for (int run = 1; run <= 2; run++) {
      for (int i = 0; i < 6; i++) {
        long time = i % 2 == 0 ? 1_000 + i / 4 : StepPosition.NO_TIME;
        put(new StepPosition(time, "step-" + i, "run-" + run), "running");
      }
    }
    Collections.sort(all);
  }

  @Test
  @Rule({"pages-after", "pages-before"})
  void firstPage_hasNoBefore_andAfterOnlyIfMoreFollow() {
    Page<StoredStep> whole = lister.list(query(StepFilter.all(ORG), 12), call());
    Page<StoredStep> part = lister.list(query(StepFilter.all(ORG), 11), call());

    assertThat(positions(whole)).isEqualTo(all);
    assertThat(whole.before()).isEmpty();
    assertThat(whole.after()).isEmpty();
    assertThat(positions(part)).isEqualTo(all.subList(0, 11));
    assertThat(part.before()).isEmpty();
    assertThat(part.after()).isPresent();
  }

  @Test
  @Rule({"walk", "pages-empty"})
  void walk_anyLimitOrderAndScope_givesEveryRowOnce() {
    for (StepFilter filter : List.of(StepFilter.all(ORG), StepFilter.run(ORG, "run-2"))) {
      for (Direction order : Direction.values()) {
        List<StepPosition> expected =
            new ArrayList<>(
                all.stream()
                    .filter(p -> filter.runId().filter(r -> !r.equals(p.runId())).isEmpty())
                    .toList());
        if (order == Direction.DESCENDING) {
          Collections.reverse(expected);
        }
        for (int limit = 1; limit <= expected.size() + 1; limit++) {
          assertThat(walk(filter, order, limit)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  @Rule("pages-before")
  void before_givesTheRowsJustBefore_inListOrder() {
    for (int i = 0; i < all.size(); i++) {
      String cursor = Cursors.token(all.get(i), StepFilter.all(ORG), Direction.ASCENDING);
      Page<StoredStep> page =
          lister.list(
              query(StepFilter.all(ORG), Direction.ASCENDING, Side.BEFORE, cursor, 5), call());

      assertThat(positions(page)).isEqualTo(all.subList(Math.max(0, i - 5), i));
      assertThat(page.before().isPresent()).isEqualTo(i > 5);
      assertThat(page.after().isPresent()).isEqualTo(i > 0);
    }
  }

  @Test
  @Rule("pages-before")
  void pageReachedByAfter_hasItsFirstRowAsBefore() {
    Page<StoredStep> first = lister.list(query(StepFilter.all(ORG), 4), call());
    Page<StoredStep> second = list(Side.AFTER, first.after().orElseThrow(), 4);
    Page<StoredStep> back = list(Side.BEFORE, second.before().orElseThrow(), 4);

    assertThat(positions(back)).isEqualTo(positions(first));
    assertThat(back.before()).isEmpty();
  }

  @Test
  @Rule("pages-empty")
  void emptyPage_hasNeitherCursor() {
    String last = Cursors.token(all.get(11), StepFilter.all(ORG), Direction.ASCENDING);

    assertThat(list(Side.AFTER, last, 4)).isEqualTo(Page.empty());
    assertThat(lister.list(query(StepFilter.all("nobody"), 4), call())).isEqualTo(Page.empty());
  }

  @Test
  @Rule("cursor-forms")
  void cursor_inARunIsTheStepId_onceTheRowHasStarted() {
    StepFilter run = StepFilter.run(ORG, "run-1");

    assertThat(Cursors.of(new StepPosition(1, "s", "run-1"), run, Direction.ASCENDING))
        .isEqualTo("s");
    assertThat(
            Cursors.of(
                new StepPosition(StepPosition.NO_TIME, "s", "run-1"), run, Direction.ASCENDING))
        .startsWith("wfc1_");
    assertThat(
            Cursors.of(new StepPosition(1, "s", "run-1"), StepFilter.all(ORG), Direction.ASCENDING))
        .startsWith("wfc1_");
  }

  @Test
  void stepIdThatLooksLikeAToken_isSentAsATokenItself() {
    StepFilter run = StepFilter.run(ORG, "run-1");
    String token = Cursors.token(all.get(0), run, Direction.ASCENDING);

    String cursor = Cursors.of(new StepPosition(1, token, "run-1"), run, Direction.ASCENDING);

    assertThat(cursor).isNotEqualTo(token);
    assertThat(Cursors.read(cursor).orElseThrow().position().stepId()).isEqualTo(token);
  }

  @Test
  void token_whateverIsChangedInIt_isNone() {
    String token = Cursors.token(all.get(0), StepFilter.all(ORG), Direction.ASCENDING);
    assertThat(Cursors.read(token)).isPresent();

    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      assertThat(Cursors.read(token.substring(0, i) + other + token.substring(i + 1))).isEmpty();
      assertThat(Cursors.read(token.substring(0, i))).isEmpty();
    }
    assertThat(Cursors.read(token + "=")).isEmpty();
  }

  @Test
  @Rule("cursor-token")
  void token_survivesTheDeletionOfItsRow() {
    StepPosition gone = new StepPosition(1_000, "step-0x", "run-9");
    String token = Cursors.token(gone, StepFilter.all(ORG), Direction.ASCENDING);

    assertThat(positions(list(Side.AFTER, token, SIZE)))
        .isEqualTo(all.stream().filter(p -> p.compareTo(gone) > 0).toList());
  }

  @Test
  @Rule("cursor-bound")
  void token_ofAnotherListOrOrganization_isRefused() {
    String mine = Cursors.token(all.get(0), StepFilter.all(ORG), Direction.ASCENDING);
    String theirs = Cursors.token(all.get(0), StepFilter.all("other"), Direction.ASCENDING);

    assertReason(
        () ->
            lister.list(
                query(StepFilter.run(ORG, "run-1"), Direction.ASCENDING, Side.AFTER, mine, 5),
                call()),
        FailedCallException.Reason.CURSOR_FILTER_MISMATCH);
    assertReason(
        () ->
            lister.list(
                query(StepFilter.all(ORG), Direction.DESCENDING, Side.AFTER, mine, 5), call()),
        FailedCallException.Reason.CURSOR_FILTER_MISMATCH);
    assertReason(() -> list(Side.AFTER, theirs, 5), FailedCallException.Reason.CURSOR_NOT_FOUND);
  }

  @Test
  @Rule("cursor-plain")
  void plainCursor_unknownOrInSeveralRuns_isRefused() {
    assertReason(() -> list(Side.AFTER, "nothing", 5), FailedCallException.Reason.CURSOR_NOT_FOUND);
    assertReason(() -> list(Side.AFTER, "step-1", 5), FailedCallException.Reason.CURSOR_AMBIGUOUS);
  }

  @Test
  @Rule({"cursor-forms", "cursor-plain"})
  void plainCursor_ofOneRun_isUnderstoodInTheOrganizationToo() {
    put(new StepPosition(5, "only-here", "run-1"), "running");

    assertThat(positions(list(Side.AFTER, "only-here", SIZE))).hasSize(12);
  }

  @Test
  @Rule("budget")
  void page_endsBeforeItsBytesPassTheBudget_butHoldsOneRow() {
    StepLister any = new StepLister(store, store, Long.MAX_VALUE / 2);
    StepFilter filter = StepFilter.all(ORG);
    Page<StoredStep> three = any.list(query(filter, 3), call());
    String end = Cursors.token(all.get(11), filter, Direction.ASCENDING);
    Page<StoredStep> threeBefore =
        any.list(query(filter, Direction.ASCENDING, Side.BEFORE, end, 3), call());

    assertThat(of(Pages.responseBytes(three)).list(query(filter, 10), call())).isEqualTo(three);
    assertThat(of(Pages.responseBytes(three) - 1).list(query(filter, 10), call()).rows())
        .hasSize(2);
    assertThat(of(1).list(query(filter, 10), call()).rows()).hasSize(1);
    assertThat(
            of(Pages.responseBytes(threeBefore))
                .list(query(filter, Direction.ASCENDING, Side.BEFORE, end, 10), call()))
        .isEqualTo(threeBefore);
    assertThat(positions(threeBefore)).isEqualTo(all.subList(8, 11));
    assertThat(threeBefore.before()).isPresent();
  }

  @Test
  @Rule({"view", "walk"})
  void walk_inBothViewsByTurns_givesEveryRowOnce() {
    for (StepFilter filter : List.of(StepFilter.all(ORG), StepFilter.run(ORG, "run-2"))) {
      for (Direction order : Direction.values()) {
        List<StepPosition> expected = walk(filter, order, 100);
        for (int limit = 1; limit <= expected.size() + 1; limit++) {
          List<StepPosition> walked = new ArrayList<>();
          Optional<Anchor> place = Optional.empty();
          for (int page = 0; page == 0 || place.isPresent(); page++) {
            View view = View.values()[page % 2];
            Page<StoredStep> read =
                lister.list(new PageQuery<>(filter.withView(view), order, place, limit), call());
            walked.addAll(positions(read));
            place = read.after().map(cursor -> new Anchor(Side.AFTER, cursor));
          }
          assertThat(walked).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  @Rule({"view", "budget"})
  void basicView_holdsAsManyRowsAsTheLimit_whereTheFullOneEndsByItsBytes() {
    for (int i = 0; i < 30; i++) {
      write(AStep.named("large-" + i).output("out", '"' + "x".repeat(60_000) + '"'));
    }
    StepFilter filter = StepFilter.all(ORG);

    assertThat(lister.list(query(filter, 40), call()).rows()).hasSizeLessThan(40);
    assertThat(lister.list(query(filter.withView(View.BASIC), 40), call()).rows()).hasSize(40);
  }

  private StepLister of(long pageBytes) {
    return new StepLister(store, store, pageBytes);
  }

  @Test
  @Rule("get-whole")
  void get_oneNoneOrSeveral() {
    assertThat(
            lister.get(ORG, "step-1", Optional.of("run-2"), View.FULL, call()).position().runId())
        .isEqualTo("run-2");
    assertReason(
        () -> lister.get(ORG, "step-1", Optional.empty(), View.FULL, call()),
        FailedCallException.Reason.STEP_AMBIGUOUS);
    assertReason(
        () -> lister.get("other", "step-1", Optional.of("run-2"), View.FULL, call()),
        FailedCallException.Reason.STEP_NOT_FOUND);
  }

  private List<StepPosition> walk(StepFilter filter, Direction order, int limit) {
    return Pages.rows(Pages.walk(lister, filter, order, limit)).stream()
        .map(StoredStep::position)
        .toList();
  }

  private Page<StoredStep> list(Side side, String cursor, int limit) {
    return lister.list(
        query(StepFilter.all(ORG), Direction.ASCENDING, side, cursor, limit), call());
  }

  private void write(AStep step) {
    store.write(ORG, List.of(StepRecord.of(step.build())), call());
  }

  private void put(StepPosition position, String status) {
    all.add(position);
    byte[] head = StepRecord.of(AStep.named(position.stepId()).build()).encoded().head();
    byte[] none = new byte[0];
    store.write(
        ORG,
        List.of(
            new StepRecord(
                position,
                StepPosition.NO_TIME,
                Optional.empty(),
                "b",
                "note",
                status,
                0,
                new EncodedStep(head, none, none),
                List.of())),
        call());
  }

  private static Scan<StepFilter, StepPosition> scan() {
    return new Scan<>(
        StepFilter.all(ORG), Direction.ASCENDING, Optional.empty(), 1, Long.MAX_VALUE);
  }

  private static PageQuery<StepFilter> query(StepFilter filter, int limit) {
    return new PageQuery<>(filter, Direction.ASCENDING, Optional.empty(), limit);
  }

  private static PageQuery<StepFilter> query(
      StepFilter filter, Direction order, Side side, String cursor, int limit) {
    return new PageQuery<>(filter, order, Optional.of(new Anchor(side, cursor)), limit);
  }

  private static List<StepPosition> positions(Page<StoredStep> page) {
    return page.rows().stream().map(StoredStep::position).toList();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(10));
  }

  private static void assertReason(Runnable question, FailedCallException.Reason reason) {
    assertThatThrownBy(question::run)
        .isInstanceOfSatisfying(
            FailedCallException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
