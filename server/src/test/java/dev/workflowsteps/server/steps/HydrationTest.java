package dev.workflowsteps.server.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.proto.v1.StepHandle;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.encoding.Handles;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Anchor.Side;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What becomes of payloads outside the rows, whatever their store gives. */
class HydrationTest {

  private static final String ORG = "acme";
  private static final long BUDGET = 1_000_000;

  private final InMemoryStepStore store = new InMemoryStepStore();
  private final Payloads payloads = new Payloads();
  private final StepLister lister = new StepLister(store, payloads, BUDGET);

  @Test
  void largePayload_comesBackAsItWasWritten() {
    String odd =
        "{\"n\": 1234.50, \"n\":9007199254740993,\n\"t\":\"é😀\\u0000" + fill(70_000) + "\"}";
    write(step("step").output("before", "1").output("odd", odd).output("after", "[ ]"));

    WorkflowStep step = only(list(10));

    assertThat(step.getHandleOutputsMap().keySet()).containsExactly("before", "odd", "after");
    assertGiven(step, "before", "1");
    assertGiven(step, "odd", odd);
    assertGiven(step, "after", "[ ]");
  }

  @Test
  void payloads_aroundTheLimitOfARow_allComeBack() {
    int most = Handles.MAX_INLINE_BYTES;
    AStep step = step("step");
    for (int bytes : List.of(most - 1, most, most + 1)) {
      step.output("of " + bytes, json(bytes)).input("of " + bytes, handle(json(bytes)));
    }
    write(step);

    WorkflowStep read = only(list(10));

    for (int bytes : List.of(most - 1, most, most + 1)) {
      assertGiven(read, "of " + bytes, json(bytes));
      assertThat(text(read.getHandleInputsOrThrow("of " + bytes))).isEqualTo(json(bytes));
    }
  }

  @Test
  void page_asksForAllItsPayloadsAtOnce() {
    for (int i = 0; i < 5; i++) {
      String same = json(70_000 + i);
      write(step("step-" + i).output("a", same).output("b", same).input("c", handle(json(80_000))));
    }

    Page<StoredStep> page = list(3);

    assertThat(page.rows()).hasSize(3);
    assertThat(payloads.asked).hasSize(1);
    assertThat(payloads.asked.get(0)).hasSize(6);
    assertGiven(read(page).get(2), "b", json(70_002));
  }

  @Test
  void page_withoutLargePayloads_asksForNone() {
    write(step("step").output("a", json(1_000)));

    assertGiven(only(list(10)), "a", json(1_000));
    assertThat(payloads.asked).isEmpty();
  }

  @Test
  @Rule("unavailable")
  void payload_thatIsGone_isMissing_onceItsRowIsReadAgain() {
    write(step("step").output("gone", json(70_000)).output("there", json(80_000)));
    payloads.stored = found -> without(found, json(70_000));

    WorkflowStep step = only(list(10));

    assertUnavailable(step, "gone", Handles.MISSING, json(70_000));
    assertGiven(step, "there", json(80_000));
    assertThat(payloads.asked).hasSize(1);
  }

  @Test
  @Rule("unavailable")
  void payload_withOtherBytes_isCorrupt() {
    write(step("step").output("json", json(70_000)).output("there", json(80_000)));
    List<UnaryOperator<byte[]>> damages =
        List.of(
            HydrationTest::changed,
            json -> Arrays.copyOf(json, json.length - 1),
            json -> Arrays.copyOf(json, json.length + 1),
            json -> new byte[0]);
    for (UnaryOperator<byte[]> damage : damages) {
      payloads.stored =
          found -> {
            found.replaceAll((key, json) -> json.length == 70_000 ? damage.apply(json) : json);
            return found;
          };

      WorkflowStep step = only(list(10));

      assertUnavailable(step, "json", Handles.CORRUPT, json(70_000));
      assertGiven(step, "there", json(80_000));
    }
    assertThat(payloads.asked).hasSize(damages.size());
  }

  @Test
  @Rule("budget")
  void step_largerThanAPage_losesItsLargestPayloads_untilItFits() {
    AStep step =
        step("step")
            .output("large", json(500_000))
            .output("largest", json(900_000))
            .input("middle", handle(json(300_000)))
            .output("inline", json(60_000));
    write(step);

    WorkflowStep read = only(list(10));

    assertUnavailable(read, "largest", Handles.TOO_LARGE, json(900_000));
    assertGiven(read, "large", json(500_000));
    assertGiven(read, "inline", json(60_000));
    assertThat(text(read.getHandleInputsOrThrow("middle"))).isEqualTo(json(300_000));
    assertThat(payloads.asked.get(0)).hasSize(2);
  }

  @Test
  void step_largerThanAPage_losesNoMoreThanItMust_andFits() {
    for (int pageBytes : List.of(1_000, 10_000, 50_000, 100_000, 130_000, 200_000)) {
      write(
          step("step")
              .output("a", json(30_000))
              .output("b", json(40_000))
              .output("c", json(50_000))
              .input("d", handle(json(90_000)))
              .retryCount(pageBytes));
      Page<StoredStep> page = new StepLister(store, payloads, pageBytes).list(query(10), call());
      WorkflowStep read = only(page);

      List<StepHandle> handles = new ArrayList<>(read.getHandleInputsMap().values());
      for (String name : List.of("c", "b", "a")) {
        handles.add(read.getHandleOutputsOrThrow(name));
      }
      long lost = handles.stream().filter(StepHandle::hasUnavailable).count();
      List<Integer> sizes = List.of(90_000, 50_000, 40_000, 30_000);
      assertThat(handles.subList(0, (int) lost))
          .allMatch(handle -> handle.getUnavailable().getReason().equals(Handles.TOO_LARGE));
      assertThat(Pages.bytes(page)).as("%d", pageBytes).isLessThanOrEqualTo(pageBytes);
      if (lost > 0) {
        int last = sizes.get((int) lost - 1);
        assertThat(Pages.bytes(page) + last).as("%d", pageBytes).isGreaterThan(pageBytes);
      }
    }
  }

  @Test
  @Rule("get-whole")
  void get_givesWholeWhatNoPageCan() {
    write(step("step").output("largest", json(3_000_000)));
    assertUnavailable(only(list(10)), "largest", Handles.TOO_LARGE, json(3_000_000));

    StoredStep step = lister.get(ORG, "step", Optional.empty(), View.FULL, call());

    assertGiven(read(step), "largest", json(3_000_000));
  }

  @Test
  void pages_endAtTheBytes_andTheWalkGivesEveryStepWhole() {
    int rows = 40;
    for (int i = 0; i < rows; i++) {
      write(step("step-" + (10 + i)).output("json", json(100_000 + i)));
    }

    for (Side side : Side.values()) {
      List<Page<StoredStep>> pages =
          Pages.walk(
              side,
              side == Side.AFTER ? Optional.empty() : Optional.of(before()),
              anchor ->
                  lister.list(
                      new PageQuery<>(StepFilter.all(ORG), Direction.ASCENDING, anchor, 1_000),
                      call()));
      assertThat(pages).hasSize(5).allMatch(page -> Pages.bytes(page) <= BUDGET);
      Set<String> read = new HashSet<>();
      for (WorkflowStep step : pages.stream().flatMap(page -> read(page).stream()).toList()) {
        int i = Integer.parseInt(step.getStepId().substring("step-".length())) - 10;
        assertGiven(step, "json", json(100_000 + i));
        assertThat(read.add(step.getStepId())).isTrue();
      }
      assertThat(read).hasSize(rows);
    }
  }

  @Test
  @Rule("unavailable")
  void store_thatIsDown_failsTheCall() {
    write(step("step").output("large", json(70_000)));
    for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.DEADLINE_EXCEEDED, Reason.CANCELLED)) {
      payloads.stored =
          found -> {
            throw new FailedCallException(reason, "not now");
          };

      assertRefused(() -> list(10), reason);
      assertRefused(() -> lister.get(ORG, "step", Optional.empty(), View.FULL, call()), reason);
    }
  }

  @Test
  @Rule("view")
  void basicView_asksForNoPayload_evenIfTheirStoreIsDown() {
    write(step("step").output("large", json(70_000)).input("larger", handle(json(3_000_000))));
    write(step("step-2").output("large", json(70_000)));
    payloads.stored =
        found -> {
          throw new FailedCallException(Reason.UNAVAILABLE, "not now");
        };
    StepFilter basic = StepFilter.all(ORG).withView(View.BASIC);

    Page<StoredStep> page =
        lister.list(new PageQuery<>(basic, Direction.ASCENDING, Optional.empty(), 10), call());

    assertThat(page.rows()).hasSize(2);
    assertThat(read(page)).allMatch(step -> step.getHandleOutputsCount() == 0);
    assertThat(read(lister.get(ORG, "step", Optional.empty(), View.BASIC, call())))
        .isEqualTo(read(page).get(0));
    assertThat(payloads.asked).isEmpty();
  }

  @Test
  void step_writtenBetweenRowAndPayload_isReadAgain() {
    write(step("step").output("json", json(70_000)));
    payloads.beforeFetch =
        tries -> {
          if (tries == 1) {
            write(step("step").output("json", json(80_000)).retryCount(1));
          }
        };

    WorkflowStep step = only(list(10));

    assertThat(step.getRetryCount()).isEqualTo(1);
    assertGiven(step, "json", json(80_000));
    assertThat(payloads.asked).hasSize(2);
  }

  @Test
  void step_deletedBetweenRowAndPayload_isGone() {
    write(step("step").output("json", json(70_000)));
    payloads.beforeFetch = tries -> store.delete(ORG, new StepKey("run_1", "step"));

    assertThat(list(10)).isEqualTo(Page.empty());
    assertRefused(
        () -> lister.get(ORG, "step", Optional.empty(), View.FULL, call()), Reason.STEP_NOT_FOUND);
  }

  @Test
  void step_writtenAgainAndAgain_isUnavailable_afterFourTries() {
    write(step("step").output("json", json(70_000)));
    payloads.beforeFetch =
        tries -> write(step("step").output("json", json(70_000 + tries)).retryCount(tries));

    assertRefused(() -> list(10), Reason.UNAVAILABLE);
    assertThat(payloads.asked).hasSize(4);
  }

  @Test
  void payload_thatIsGone_isMissing_howeverOftenItsNeighboursAreWritten() {
    write(step("step-1").output("json", json(70_000)));
    write(step("step-2"));
    payloads.stored = found -> Map.of();
    payloads.beforeFetch = tries -> write(step("step-2").retryCount(tries));

    WorkflowStep step = read(list(10)).get(0);

    assertUnavailable(step, "json", Handles.MISSING, json(70_000));
    assertThat(payloads.asked).hasSize(1);
  }

  private static AStep step(String id) {
    return AStep.named(id);
  }

  private void write(AStep step) {
    store.write(ORG, List.of(StepRecord.of(step.build())), call());
  }

  private Page<StoredStep> list(int limit) {
    return lister.list(query(limit), call());
  }

  private static PageQuery<StepFilter> query(int limit) {
    return new PageQuery<>(StepFilter.all(ORG), Direction.ASCENDING, Optional.empty(), limit);
  }

  /** Behind every step. */
  private static Anchor before() {
    StepPosition end = new StepPosition(StepPosition.NO_TIME, "~", "~");
    return new Anchor(Side.BEFORE, Cursors.token(end, StepFilter.all(ORG), Direction.ASCENDING));
  }

  private static WorkflowStep only(Page<StoredStep> page) {
    assertThat(page.rows()).hasSize(1);
    return read(page).get(0);
  }

  private static List<WorkflowStep> read(Page<StoredStep> page) {
    return page.rows().stream().map(HydrationTest::read).toList();
  }

  private static WorkflowStep read(StoredStep step) {
    try {
      return WorkflowStep.parseFrom(Encoded.bytes(step));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertGiven(WorkflowStep step, String output, String json) {
    StepHandle handle = step.getHandleOutputsOrThrow(output);
    assertThat(handle.hasUnavailable()).as(output).isFalse();
    assertThat(text(handle).equals(json)).as(output).isTrue();
  }

  private static void assertUnavailable(
      WorkflowStep step, String output, String reason, String json) {
    StepHandle handle = step.getHandleOutputsOrThrow(output);
    assertThat(text(handle)).isEqualTo("null");
    assertThat(handle.getUnavailable().getReason()).isEqualTo(reason);
    assertThat(handle.getUnavailable().getSizeBytes()).isEqualTo(json.length());
    assertThat(handle.getUnavailable().getSha256())
        .isEqualTo(ExternalPayload.sha256(json.getBytes(ascii())));
  }

  private static void assertRefused(Runnable question, Reason reason) {
    assertThatThrownBy(question::run)
        .isInstanceOfSatisfying(
            FailedCallException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static String text(StepHandle handle) {
    return handle.getData().toStringUtf8();
  }

  private static StepHandle handle(String json) {
    return AStep.json(json.getBytes(ascii()));
  }

  /** A JSON text of that many bytes, unlike any of another size. */
  private static String json(int bytes) {
    return '"' + fill(bytes - 2) + '"';
  }

  private static String fill(int characters) {
    return "0123456789".repeat(characters / 10 + 1).substring(0, characters);
  }

  private static byte[] changed(byte[] json) {
    byte[] changed = json.clone();
    changed[json.length / 2] ^= 1;
    return changed;
  }

  private static Map<PayloadKey, byte[]> without(Map<PayloadKey, byte[]> found, String json) {
    Map<PayloadKey, byte[]> less = new HashMap<>(found);
    less.values().removeIf(payload -> payload.length == json.length());
    return less;
  }

  private static Charset ascii() {
    return StandardCharsets.US_ASCII;
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }

  /** The oracle's payloads, but for what a test makes of them. */
  private final class Payloads implements PayloadStore {

    private final List<Collection<PayloadKey>> asked = new ArrayList<>();
    private UnaryOperator<Map<PayloadKey, byte[]>> stored = UnaryOperator.identity();
    private IntConsumer beforeFetch = tries -> {};

    @Override
    public Map<PayloadKey, byte[]> fetch(
        String organizationId, Collection<PayloadKey> keys, Call call) {
      assertThat(organizationId).isEqualTo(ORG);
      asked.add(List.copyOf(keys));
      beforeFetch.accept(asked.size());
      return stored.apply(store.fetch(organizationId, keys, call));
    }
  }
}
