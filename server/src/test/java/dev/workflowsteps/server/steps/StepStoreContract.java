package dev.workflowsteps.server.steps;

import static dev.workflowsteps.server.steps.Outcome.CHANGED;
import static dev.workflowsteps.server.steps.Outcome.NEW;
import static dev.workflowsteps.server.steps.Outcome.STALE;
import static dev.workflowsteps.server.steps.Outcome.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every storage of steps must do. Each test has organizations of its own, so the storage need
 * not be emptied. {@code -Dwfs.test.exhaustive=true} resumes each list from four times as many
 * places.
 */
public abstract class StepStoreContract extends StoresContract {

  private static final boolean EXHAUSTIVE = Boolean.getBoolean("wfs.test.exhaustive");
  private static final long SEED = 8;
  private static final long T = 1_700_000_000_000_000L;

  /** Ids that a language's collation would put in another order than their bytes. */
  private static final List<String> ODD_IDS =
      List.of(
          "a", "B", "b", "A", "a-b", "a_b", "ab", "~", "é", "e", "z", "\uFF5E", "😀", "1", "10",
          "2");

  /** JSON that lies beside its step. */
  private static final List<String> LARGE =
      List.of('"' + "x".repeat(70_000) + '"', '"' + "y".repeat(70_000) + '"');

  private final String organization = "org-" + UUID.randomUUID();

  @Test
  void scan_emptyOrganization_isEmpty() {
    assertThat(scan(StepFilter.all(organization), Direction.ASCENDING, null, 10)).isEmpty();
  }

  @Test
  @Rule("order")
  void scan_givesListOrder_inBothDirections() {
    List<StepPosition> expected = oddSteps();

    assertThat(scan(StepFilter.all(organization), Direction.ASCENDING, null, 1_000))
        .isEqualTo(expected);
    Collections.reverse(expected);
    assertThat(scan(StepFilter.all(organization), Direction.DESCENDING, null, 1_000))
        .isEqualTo(expected);
  }

  @Test
  void scan_everyRowsPosition_resumesExactly_inBothDirections() {
    List<StepPosition> all = oddSteps();

    for (int i = 0; i < all.size(); i++) {
      assertThat(scan(StepFilter.all(organization), Direction.ASCENDING, all.get(i), 5))
          .isEqualTo(all.subList(i + 1, Math.min(i + 6, all.size())));
      List<StepPosition> before = new ArrayList<>(all.subList(Math.max(0, i - 5), i));
      Collections.reverse(before);
      assertThat(scan(StepFilter.all(organization), Direction.DESCENDING, all.get(i), 5))
          .isEqualTo(before);
    }
  }

  @Test
  void scan_ofRun_everyRowsPosition_resumesExactly() {
    List<StepPosition> run =
        new ArrayList<>(oddSteps().stream().filter(p -> p.runId().equals("run-2")).toList());
    StepFilter filter = StepFilter.run(organization, "run-2");

    assertThat(scan(filter, Direction.ASCENDING, null, 1_000)).isEqualTo(run);
    for (int i = 0; i < run.size(); i++) {
      assertThat(scan(filter, Direction.ASCENDING, run.get(i), 1_000))
          .isEqualTo(run.subList(i + 1, run.size()));
    }
    assertThat(scan(StepFilter.run(organization, "run-0"), Direction.ASCENDING, null, 10))
        .isEmpty();
  }

  @Test
  void scan_aroundTheNumberOfRows_givesThatManyOrFewer() {
    List<StepPosition> all = oddSteps();

    for (int rows : List.of(1, all.size() - 1, all.size(), all.size() + 1)) {
      assertThat(scan(StepFilter.all(organization), Direction.ASCENDING, null, rows))
          .isEqualTo(all.subList(0, Math.min(rows, all.size())));
    }
  }

  @Test
  void scan_fromAPositionThatHoldsNoRow_goesOnBehindIt() {
    List<StepPosition> all = oddSteps();
    StepPosition between = new StepPosition(T + 1, "", "");

    assertThat(scan(StepFilter.all(organization), Direction.ASCENDING, between, 1_000))
        .isEqualTo(all.stream().filter(p -> p.compareTo(between) > 0).toList());
  }

  @Test
  @Rule("filters")
  void scan_everyCombinationOfFilters_givesWhatAPlainScanGives() {
    List<StepRecord> records = crowd(new Random(SEED));
    write(organization, records.toArray(new StepRecord[0]));
    assertLists(records, AFilter.shapes(organization), 60);
  }

  @Test
  @Rule({"time-range", "exclude-status"})
  void scan_betweenTimesAndWithoutStates_givesWhatAPlainScanGives() {
    List<StepRecord> records = crowd(new Random(SEED));
    write(organization, records.toArray(new StepRecord[0]));
    assertLists(records, AFilter.bounded(organization, SortBy.STARTED_AT, T), 8);
  }

  @Test
  @Rule("sort-by")
  void scan_sortedByEnd_givesWhatAPlainScanGives() {
    List<StepRecord> records = crowd(new Random(SEED));
    records.add(withoutTime(record(T, "started", "run", "error", 0, "x")));
    records.add(withoutTime(record(StepPosition.NO_TIME, "a", "run-without", "completed", 0, "x")));
    write(organization, records.toArray(new StepRecord[0]));
    List<StepRecord> listed =
        records.stream().map(record -> AFilter.listed(record, SortBy.ENDED_AT)).toList();
    assertLists(
        listed,
        Stream.concat(
                AFilter.shapes(organization).stream(),
                AFilter.bounded(organization, SortBy.ENDED_AT, T).stream())
            .map(shape -> shape.withSortBy(SortBy.ENDED_AT))
            .toList(),
        8);
  }

  /**
   * Whole, and from some places on, also outside the times: any step's id may be a cursor.
   *
   * @param most places; of these every fourth unless all are asked for, of each list other ones
   */
  private void assertLists(List<StepRecord> records, List<StepFilter> filters, int most) {
    List<StepPosition> anywhere = inListOrder(records, record -> true);
    int every = EXHAUSTIVE ? 1 : 4;
    for (int list = 0; list < filters.size(); list++) {
      StepFilter filter = filters.get(list);
      List<StepPosition> expected = inListOrder(records, record -> AFilter.passes(filter, record));
      assertThat(scan(filter, Direction.ASCENDING, null, 1_000))
          .as("%s", filter)
          .isEqualTo(expected);
      List<StepPosition> places =
          anywhere.stream()
              .filter(from -> filter.runId().map(from.runId()::equals).orElse(true))
              .toList();
      for (int i = (list + list / every) % every; i < most; i += every) {
        assertScan(filter, places.get(i * places.size() / most), expected);
      }
    }
  }

  private static StepRecord withoutTime(StepRecord record) {
    return new StepRecord(
        record.position(),
        StepPosition.NO_TIME,
        record.workflowId(),
        record.blockId(),
        record.blockType(),
        record.status(),
        record.retryCount(),
        record.encoded(),
        record.payloads());
  }

  /** Adds a state that the program does not know to those that a step may be in. */
  protected abstract void addStatus(String status);

  @Test
  @Rule("exclude-status")
  void scan_withoutSomeStates_hasTheStepsInAStateThatIsNewerThanTheServer() {
    StepFilter rest =
        StepFilter.all(organization).withExcludedStatuses(List.of("completed", "running"));
    write(organization, record(T, "a", "run", "running", 0, "old"));
    assertThat(scan(rest, Direction.ASCENDING, null, 10)).isEmpty();

    String added = "paused-" + UUID.randomUUID();
    addStatus(added);
    write(organization, record(T + 1, "b", "run", added, 0, "new"));

    StepFilter none = StepFilter.all(organization).withExcludedStatuses(Words.STATUS.all());
    List<StepFilter> filters =
        Stream.of(rest, none)
            .flatMap(filter -> Stream.of(filter, filter.withSortBy(SortBy.ENDED_AT)))
            .toList();
    for (StepFilter filter : filters) {
      long time = filter.sortBy() == SortBy.ENDED_AT ? StepPosition.NO_TIME : T + 1;
      for (StepFilter narrower :
          List.of(
              filter,
              filter.withRunId(Optional.of("run")),
              filter.withStepId(Optional.of("b")),
              filter.withBlockId(Optional.of("block")),
              filter.withWorkflowId(Optional.of("workflow")),
              filter.withBlockTypes(List.of("function")))) {
        assertThat(scan(narrower, Direction.ASCENDING, null, 10))
            .as("%s", narrower)
            .containsExactly(new StepPosition(time, "b", "run"));
      }
    }
  }

  @Test
  @Rule("counts")
  void count_everyCombinationOfFilters_isThatOfTheList() {
    List<StepRecord> records = crowd(new Random(SEED));
    write(organization, records.toArray(new StepRecord[0]));
    List<StepFilter> filters = AFilter.shapes(organization);
    filters.addAll(AFilter.bounded(organization, SortBy.STARTED_AT, T));

    for (StepFilter filter : filters) {
      List<StatusCount> expected = new ArrayList<>();
      for (String status : Words.STATUS.all()) {
        long count =
            records.stream()
                .filter(record -> record.status().equals(status))
                .filter(record -> AFilter.passes(filter, record))
                .count();
        if (count > 0) {
          expected.add(new StatusCount(status, (int) count, true));
        }
      }
      assertThat(count(filter).statuses()).as("%s", filter).isEqualTo(expected);
    }
  }

  @Test
  void count_ofNothing_isExactlyZero() {
    StepCounts counts = count(StepFilter.all(organization));

    assertThat(counts.statuses()).isEmpty();
    assertThat(counts.total()).isZero();
    assertThat(counts.exact()).isTrue();
  }

  @Test
  @Rule("counts")
  void count_ofAStateThatIsNewerThanTheServer_comesLast() {
    String added = "aborted-" + UUID.randomUUID();
    addStatus(added);
    write(organization, record(T, "a", "run", added, 0, "new"));
    write(organization, record(T, "b", "run", "waiting_for_human", 0, "retired"));

    for (StepFilter filter :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      assertThat(count(filter).statuses())
          .containsExactly(
              new StatusCount("waiting_for_human", 1, true), new StatusCount(added, 1, true));
      assertThat(count(filter.withExcludedStatuses(Words.STATUS.all())).statuses())
          .containsExactly(new StatusCount(added, 1, true));
    }
  }

  private StepCounts count(StepFilter filter) {
    return new StepLister(store(), payloads(), 1).count(filter, call());
  }

  private void assertScan(StepFilter filter, StepPosition from, List<StepPosition> list) {
    assertThat(scan(filter, Direction.ASCENDING, from, 3))
        .as("after %s: %s", from, filter)
        .isEqualTo(
            list.stream()
                .filter(row -> RandomSteps.ORDER.compare(row, from) > 0)
                .limit(3)
                .toList());
    assertThat(scan(filter, Direction.DESCENDING, from, 3))
        .as("before %s: %s", from, filter)
        .isEqualTo(
            list.stream()
                .filter(row -> RandomSteps.ORDER.compare(row, from) < 0)
                .sorted(RandomSteps.ORDER.reversed())
                .limit(3)
                .toList());
  }

  @Test
  void scan_endsWithTheRowThatPassesTheBytes_orGoesOn_butNeverBefore() {
    for (int i = 0; i < 200; i++) {
      write(organization, record(T + i, "step-" + i, "run", "running", 0, "0123456789"));
    }
    for (StepFilter filter :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      for (int bytes : List.of(0, 12, 13, 14, 700)) {
        Scan<StepFilter, StepPosition> scan =
            new Scan<>(filter, Direction.ASCENDING, Optional.empty(), 100, bytes);
        List<StoredStep> rows = store().scan(scan, call());

        long total = rows.stream().mapToLong(StoredStep::size).sum();
        assertThat(rows.size()).isBetween(1, 100);
        assertThat(total > bytes || rows.size() == 100).as("%d bytes", bytes).isTrue();
        assertThat(rows.get(rows.size() - 1).position().sortTime()).isEqualTo(T + rows.size() - 1);
      }
    }
  }

  @Test
  void scan_whoseFirstRowPassesTheBytes_givesTheNextToo() {
    for (int i = 0; i < 3; i++) {
      write(organization, record(T + i, "step-" + i, "run", "running", 0, "0123456789"));
    }
    for (StepFilter filter :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      for (int rows : List.of(2, 100)) {
        Scan<StepFilter, StepPosition> scan =
            new Scan<>(filter, Direction.ASCENDING, Optional.empty(), rows, 1);

        assertThat(store().scan(scan, call())).hasSizeGreaterThanOrEqualTo(2);
      }
    }
  }

  @Test
  void scan_rowsOfAnySize_comeWhole() {
    List<Integer> sizes = List.of(1, 73_725, 73_726, 9, 400_000, 1_300_000, 2);
    for (int i = 0; i < sizes.size(); i++) {
      String status = i % 2 == 0 ? "running" : "completed";
      write(organization, record(T + i, "step-" + i, "run", status, 0, "x".repeat(sizes.get(i))));
    }
    for (StepFilter filter :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      for (int rows : List.of(7, 8, 51, 100)) {
        Scan<StepFilter, StepPosition> scan =
            new Scan<>(filter, Direction.ASCENDING, Optional.empty(), rows, Long.MAX_VALUE);

        assertThat(store().scan(scan, call()))
            .extracting(row -> row.encoded().head().length)
            .isEqualTo(sizes);
      }
    }
  }

  @Test
  @Rule("view")
  void basicView_everyShapeAndPlace_givesTheSameRows_withoutOutputsAndInputs() {
    List<StepRecord> records = crowd(new Random(SEED));
    write(organization, records.toArray(new StepRecord[0]));
    StepPosition middle = new StepPosition(T + 1, "step", "run");

    for (StepFilter full : AFilter.shapes(organization)) {
      StepFilter basic = full.withView(View.BASIC);
      for (Direction direction : Direction.values()) {
        assertThat(read(basic, direction, null, 1_000))
            .as("%s", basic)
            .isEqualTo(withoutHandles(read(full, direction, null, 1_000)));
        assertThat(read(basic, direction, middle, 5))
            .as("%s", basic)
            .isEqualTo(withoutHandles(read(full, direction, middle, 5)));
      }
    }
  }

  /** What a storage does not read, and what the contract says is left out. */
  @Test
  @Rule("view")
  void basicView_leavesOutTheFieldsWhoseOptionNamesIt_andNoOthers() throws Exception {
    Instant time = Instant.parse("2026-03-12T09:00:01Z");
    WorkflowStep step =
        AStep.named("step")
            .artifact("split", "id")
            .completedAt(time)
            .createdAt(time)
            .workflow("workflow")
            .model("model")
            .loop(AStep.loopOf("loop", 1, false, OptionalInt.empty()))
            .retryCount(1)
            .output("out", LARGE.get(0))
            .input("in", AStep.json("1"))
            .build();
    record(organization, List.of(step));
    List<FieldDescriptor> all = WorkflowStep.getDescriptor().getFields();
    List<FieldDescriptor> omitted =
        all.stream()
            .filter(f -> f.getOptions().getExtension(OptionsProto.omittedInView).contains("basic"))
            .toList();
    StepLister lister = new StepLister(store(), payloads(), 1_000_000);

    StoredStep full = lister.get(organization, "step", Optional.empty(), View.FULL, call());
    StoredStep basic = lister.get(organization, "step", Optional.empty(), View.BASIC, call());

    assertThat(step.getAllFields()).containsOnlyKeys(all);
    assertThat(omitted).isNotEmpty();
    WorkflowStep.Builder expected = step.toBuilder();
    omitted.forEach(expected::clearField);
    assertThat(WorkflowStep.parseFrom(Encoded.bytes(full))).isEqualTo(step);
    assertThat(WorkflowStep.parseFrom(Encoded.bytes(basic))).isEqualTo(expected.build());
  }

  @Test
  @Rule({"view", "budget"})
  void basicView_measuresRowsByTheirHeadAlone() {
    byte[] large = new byte[100_000];
    for (int i = 0; i < 100; i++) {
      write(
          organization,
          new StepRecord(
              new StepPosition(T + i, "step-" + i, "run"),
              i % 2 == 0 ? StepPosition.NO_TIME : T + i,
              Optional.empty(),
              "block",
              "function",
              i % 2 == 0 ? "running" : "completed",
              0,
              new EncodedStep(new byte[1_000], large, large),
              List.of(payload(large))));
    }
    for (StepFilter list :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      StepFilter basic = list.withView(View.BASIC);
      for (int rows : List.of(50, 100)) {
        assertThat(bytes(basic, rows, rows * 1_000)).isEqualTo(rows * 1_000);
      }
      assertThat(bytes(basic, 100, 9_999)).isBetween(10_000, 100_000);
    }
  }

  /** The bytes of a scan's rows. */
  private int bytes(StepFilter filter, int rows, long most) {
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(filter, Direction.ASCENDING, Optional.empty(), rows, most);
    return store().scan(scan, call()).stream().mapToInt(row -> (int) row.storedSize()).sum();
  }

  @Test
  @Rule("view")
  void basicView_largeHeads_comeWhole() {
    List<Integer> sizes = List.of(1, 73_728, 73_729, 9, 1_000_000, 2);
    for (int i = 0; i < sizes.size(); i++) {
      String status = i % 2 == 0 ? "running" : "completed";
      write(organization, record(T + i, "step-" + i, "run", status, 0, "x".repeat(sizes.get(i))));
    }
    for (StepFilter list :
        List.of(StepFilter.all(organization), StepFilter.run(organization, "run"))) {
      for (int rows : List.of(6, 7, 51, 100)) {
        assertThat(read(list.withView(View.BASIC), Direction.ASCENDING, null, rows))
            .isEqualTo(withoutHandles(read(list, Direction.ASCENDING, null, rows)))
            .hasSize(sizes.size());
      }
    }
  }

  @Test
  @Rule("view")
  void basicView_ofOneStep_hasItsHeadAlone() {
    ExternalPayload payload = payload("payload".getBytes(StandardCharsets.UTF_8));
    write(organization, withPayloads("head", payload));
    write(organization, record(T, "step", "run-2", "running", 0, "other"));

    for (Optional<String> run : List.of(Optional.<String>empty(), Optional.of("run"))) {
      List<StoredStep> full = store().find(organization, "step", run, 2, View.FULL, call());
      List<StoredStep> basic = store().find(organization, "step", run, 2, View.BASIC, call());

      assertThat(texts(basic))
          .containsExactlyInAnyOrderElementsOf(withoutHandles(texts(full)))
          .hasSize(run.isPresent() ? 1 : 2);
    }
    assertThat(store().find(organization, "step", Optional.of("run"), 2, View.BASIC, call()).get(0))
        .extracting(StoredStep::externalBytes)
        .isEqualTo(0L);
  }

  /** Of each row its place, its bytes, and how many external ones it has. */
  private List<List<String>> read(
      StepFilter filter, Direction direction, StepPosition from, int rows) {
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(filter, direction, Optional.ofNullable(from), rows, Long.MAX_VALUE);
    return texts(store().scan(scan, call()));
  }

  private static List<List<String>> texts(List<StoredStep> rows) {
    HexFormat hex = HexFormat.of();
    return rows.stream()
        .map(
            row ->
                List.of(
                    row.position().toString(),
                    hex.formatHex(row.encoded().head()),
                    hex.formatHex(row.encoded().outputs()),
                    hex.formatHex(row.encoded().inputs()),
                    Long.toString(row.externalBytes())))
        .toList();
  }

  private static List<List<String>> withoutHandles(List<List<String>> rows) {
    return rows.stream().map(row -> List.of(row.get(0), row.get(1), "", "", "0")).toList();
  }

  @Test
  void payloads_areWrittenAndReplacedWithTheirStep() {
    ExternalPayload first = payload("first".getBytes(StandardCharsets.UTF_8));
    ExternalPayload second = payload("second".getBytes(StandardCharsets.UTF_8));
    write(organization, withPayloads("one", first, second, second));

    assertThat(fetch(organization, first, second)).containsExactlyInAnyOrder("first", "second");
    assertThat(fetch(organization + "-2", first, second)).isEmpty();
    assertThat(store().scan(everything(organization, 1), call()).get(0).externalBytes())
        .isEqualTo(5 + 6 + 6);

    write(organization, withPayloads("two", second));

    assertThat(fetch(organization, first, second)).containsExactly("second");

    write(organization, withPayloads("three"));

    assertThat(fetch(organization, first, second)).isEmpty();
  }

  private static StepRecord withPayloads(String head, ExternalPayload... payloads) {
    return new StepRecord(
        new StepPosition(T, "step", "run"),
        StepPosition.NO_TIME,
        Optional.empty(),
        "block",
        "function",
        "running",
        0,
        new EncodedStep(head.getBytes(StandardCharsets.UTF_8), new byte[0], new byte[0]),
        List.of(payloads));
  }

  private List<String> fetch(String organizationId, ExternalPayload... payloads) {
    List<PayloadKey> keys =
        Stream.of(payloads).map(p -> new PayloadKey("run", "step", p.sha256())).distinct().toList();
    return payloads().fetch(organizationId, keys, call()).values().stream()
        .map(json -> new String(json, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void scan_bytesComeBackAsTheyWere() {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    byte[] large = new byte[300_000];
    StepPosition position = new StepPosition(T, "s", "r");
    write(
        organization,
        new StepRecord(
            position,
            StepPosition.NO_TIME,
            Optional.empty(),
            "b",
            "note",
            "running",
            0,
            new EncodedStep(every, new byte[0], large),
            List.of()));

    StoredStep step = store().scan(everything(organization, 1), call()).get(0);

    assertThat(step.encoded().head()).isEqualTo(every);
    assertThat(step.encoded().outputs()).isEmpty();
    assertThat(step.encoded().inputs()).isEqualTo(large);
  }

  @Test
  @Rule("foreign")
  void organizations_withTheSameKeys_neverSeeEachOther() {
    String other = organization + "-2";
    write(organization, record(T, "step", "run", "running", 0, "mine"));
    write(other, record(T, "step", "run", "running", 0, "theirs"));

    assertThat(heads(organization)).containsExactly("mine");
    assertThat(heads(other)).containsExactly("theirs");
    assertThat(head(store().find(other, "step", Optional.of("run"), 2, View.FULL, call())))
        .containsExactly("theirs");
    assertThat(store().find(organization + "-3", "step", Optional.empty(), 2, View.FULL, call()))
        .isEmpty();
    assertThat(
            store()
                .positions(
                    organization + "-3", "step", Optional.empty(), SortBy.STARTED_AT, 2, call()))
        .isEmpty();
    assertThat(count(StepFilter.all(other)).total()).isEqualTo(1);
    assertThat(count(StepFilter.run(organization + "-3", "run")).total()).isZero();
  }

  @Test
  void find_inOneRunOrAll_givesAtMostThatMany() {
    write(organization, record(T + 1, "step", "run-1", "running", 0, "late"));
    write(organization, record(T, "step", "run-2", "running", 0, "early"));
    write(organization, record(StepPosition.NO_TIME, "step", "run-3", "pending", 0, "never"));

    assertThat(head(store().find(organization, "step", Optional.empty(), 9, View.FULL, call())))
        .containsExactlyInAnyOrder("early", "late", "never");
    assertThat(head(store().find(organization, "step", Optional.empty(), 2, View.FULL, call())))
        .hasSize(2);
    assertThat(head(store().find(organization, "step", Optional.of("run-1"), 2, View.FULL, call())))
        .containsExactly("late");
    assertThat(
            store()
                .positions(
                    organization, "step", Optional.of("run-3"), SortBy.STARTED_AT, 2, call()))
        .containsExactly(new StepPosition(StepPosition.NO_TIME, "step", "run-3"));
    assertThat(
            store()
                .positions(organization, "other", Optional.empty(), SortBy.STARTED_AT, 2, call()))
        .isEmpty();
  }

  @Test
  void positions_areThoseOfTheListThatIsAskedFor() {
    write(
        organization,
        AFilter.at(record(T + 5, "step", "run-1", "completed", 0, "x"), T),
        record(StepPosition.NO_TIME, "step", "run-2", "running", 0, "x"));

    assertThat(
            store().positions(organization, "step", Optional.empty(), SortBy.ENDED_AT, 9, call()))
        .containsExactlyInAnyOrder(
            new StepPosition(T + 5, "step", "run-1"),
            new StepPosition(StepPosition.NO_TIME, "step", "run-2"));
    assertThat(
            store()
                .positions(organization, "step", Optional.of("run-1"), SortBy.ENDED_AT, 2, call()))
        .containsExactly(new StepPosition(T + 5, "step", "run-1"));
    assertThat(
            store()
                .positions(
                    organization, "step", Optional.of("run-1"), SortBy.STARTED_AT, 2, call()))
        .containsExactly(new StepPosition(T, "step", "run-1"));
  }

  @Test
  void write_tellsWhatBecameOfEach() {
    StepRecord first = record(T, "a", "run", "running", 0, "one");
    StepRecord changed = record(T, "a", "run", "completed", 0, "two");

    assertThat(write(organization, first)).containsExactly(NEW);
    assertThat(write(organization, first)).containsExactly(UNCHANGED);
    assertThat(write(organization, changed, record(T, "b", "run", "running", 0, "b")))
        .containsExactly(CHANGED, NEW);
    assertThat(write(organization, first, changed(changed))).containsExactly(STALE, NEW);
    assertThat(heads(organization)).contains("two");
  }

  @Test
  void write_finalState_givesWayToAnotherFinalOne_orToALaterTry() {
    write(organization, record(T, "a", "run", "error", 1, "failed"));

    assertThat(write(organization, record(T, "a", "run", "running", 1, "same try")))
        .containsExactly(STALE);
    assertThat(write(organization, record(T, "a", "run", "skipped", 0, "skipped")))
        .containsExactly(CHANGED);
    assertThat(write(organization, record(T, "a", "run", "running", 2, "next try")))
        .containsExactly(CHANGED);
    assertThat(heads(organization)).containsExactly("next try");
  }

  @Test
  void write_thatMovesARow_movesItInEveryList() {
    write(organization, record(StepPosition.NO_TIME, "a", "run", "pending", 0, "before"));
    write(organization, record(T, "b", "run", "running", 0, "b"));
    write(organization, record(T - 1, "a", "run", "running", 0, "after"));

    assertThat(heads(organization)).containsExactly("after", "b");
  }

  /** A batch's documents as they are drawn: few steps, so that each comes several times. */
  @Test
  @Rule("write-names")
  void record_batch_isAsItsDocumentsOneByOne() {
    Random random = new Random(SEED);
    String oneByOne = organization + "-2";
    for (int i = 0; i < 60; i++) {
      List<WorkflowStep> batch =
          IntStream.range(0, random.nextInt(16)).mapToObj(any -> drawn(random).build()).toList();
      List<WriteResult> expected =
          batch.stream().flatMap(step -> record(oneByOne, List.of(step)).stream()).toList();

      assertThat(record(organization, batch)).as("batch %d: %s", i, batch).isEqualTo(expected);
      assertThat(contents(organization)).as("batch %d: %s", i, batch).isEqualTo(contents(oneByOne));
    }
  }

  @Test
  @Rule("write-names")
  void record_laterTryThatIsTakenBackInTheSameBatch_isNotStale() {
    AStep step = AStep.named("a");
    record(organization, List.of(step.status("completed").build()));

    assertThat(
            record(
                organization,
                List.of(
                    step.status("running").retryCount(1).build(),
                    step.status("pending").retryCount(0).build())))
        .containsExactly(CHANGED, CHANGED);
  }

  @Test
  @Rule("write-names")
  void write_oneStepAThousandTimes_isAsOneByOne() {
    List<StepRecord> records =
        IntStream.range(0, 1_000)
            .mapToObj(i -> record(T, "a", "run", "running", 0, "state " + i / 2))
            .toList();

    List<Outcome> outcomes = writer().write(organization, records, call());

    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i)).isEqualTo(i % 2 == 1 ? UNCHANGED : i == 0 ? NEW : CHANGED);
    }
    assertThat(heads(organization)).containsExactly("state 499");
  }

  private static AStep drawn(Random random) {
    AStep step =
        AStep.named(List.of("a", "b", "c").get(random.nextInt(3)))
            .run(List.of("run", "run-2").get(random.nextInt(2)))
            .status(List.of("pending", "running", "completed").get(random.nextInt(3)))
            .retryCount(random.nextInt(3))
            .label(List.of("one", "two").get(random.nextInt(2)));
    if (random.nextInt(6) == 0) {
      step.output("out", LARGE.get(random.nextInt(2)));
    }
    return random.nextInt(10) == 0 ? step.type("unknown") : step;
  }

  private List<WriteResult> record(String organizationId, List<WorkflowStep> steps) {
    return new StepRecorder(writer()).record(organizationId, steps, call());
  }

  /** All that is stored of an organization's steps, and of the payloads that may be theirs. */
  private List<String> contents(String organizationId) {
    List<String> contents = new ArrayList<>();
    for (StoredStep row : store().scan(everything(organizationId, 100), call())) {
      List<PayloadKey> keys =
          LARGE.stream()
              .map(json -> ExternalPayload.sha256(json.getBytes(StandardCharsets.UTF_8)))
              .map(sha -> new PayloadKey(row.position().runId(), row.position().stepId(), sha))
              .toList();
      contents.add(
          row.position()
              + " "
              + HexFormat.of().formatHex(Encoded.bytes(row))
              + " "
              + payloads().fetch(organizationId, keys, call()).keySet().stream()
                  .map(PayloadKey::sha256)
                  .sorted()
                  .toList());
    }
    return contents;
  }

  @Test
  void write_ofNothing_isNothing() {
    assertThat(writer().write(organization, List.of(), call())).isEmpty();
  }

  @Test
  void write_sameStepsFromTwoThreads_eachIsNewOnce() throws Exception {
    List<StepRecord> records = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      records.add(record(T + i, "step-" + i, "run", "running", 0, "x"));
    }
    List<StepRecord> reversed = new ArrayList<>(records);
    Collections.reverse(reversed);

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<List<Outcome>> one =
          threads.submit(() -> writer().write(organization, records, call()));
      Future<List<Outcome>> two =
          threads.submit(() -> writer().write(organization, reversed, call()));
      List<Outcome> both = Stream.concat(one.get().stream(), two.get().stream()).toList();

      assertThat(both).filteredOn(NEW::equals).hasSize(200);
      assertThat(both).filteredOn(UNCHANGED::equals).hasSize(200);
    } finally {
      threads.shutdownNow();
    }
  }

  /** A storage measures rows with external payloads as larger than they are sent. */
  @Test
  @Rule("budget")
  void list_manyExternalPayloads_endsNoWalkEarly() {
    List<WorkflowStep> steps = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      AStep step = AStep.named("s%03d".formatted(i)).startedAt("2026-03-12T09:00:00Z");
      steps.add(i < 40 ? step.output("out", LARGE.get(0)).build() : step.build());
    }
    record(organization, steps);
    long small = StepRecord.of(steps.get(100)).stored().storedSize();
    long large = StepRecord.of(steps.get(0)).stored().storedSize();

    for (long pageBytes : List.of(40 * large + 5 * small, 20 * large, 40 * large + 100 * small)) {
      assertThat(walked(pageBytes)).as("%s bytes", pageBytes).hasSize(240).doesNotHaveDuplicates();
    }
  }

  private List<StepPosition> walked(long pageBytes) {
    StepLister lister = new StepLister(store(), payloads(), pageBytes);
    return Pages.rows(Pages.walk(lister, StepFilter.all(organization), Direction.ASCENDING, 1_000))
        .stream()
        .map(StoredStep::position)
        .toList();
  }

  @Test
  void callWhoseTimeIsOver_isNotAnswered() {
    assertThatThrownBy(() -> store().scan(everything(organization, 1), Call.within(Duration.ZERO)))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.DEADLINE_EXCEEDED));
    assertThatThrownBy(
            () -> store().count(StepFilter.all(organization), Call.within(Duration.ZERO)))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.DEADLINE_EXCEEDED));
  }

  /** The same ids in two runs, started at two times and not at all; in list order. */
  private List<StepPosition> oddSteps() {
    List<StepRecord> records = new ArrayList<>();
    for (String run : List.of("run-2", "run-1")) {
      for (int i = 0; i < ODD_IDS.size(); i++) {
        long time = i % 3 == 0 ? StepPosition.NO_TIME : T + i % 3;
        records.add(record(time, ODD_IDS.get(i), run, "running", 0, "x"));
      }
    }
    write(organization, records.toArray(new StepRecord[0]));
    return new ArrayList<>(records.stream().map(StepRecord::position).sorted().toList());
  }

  /** Steps that differ in everything, so that each filter has rows to keep and to leave out. */
  private static List<StepRecord> crowd(Random random) {
    List<StepRecord> records = new ArrayList<>();
    List<String> ids = List.of("a", "step", "z");
    List<String> types = List.of("note", "parse", "split", "hil");
    List<String> statuses = Words.STATUS.all();
    for (String run : List.of("q", "run", "s")) {
      for (int i = 0; i < 60; i++) {
        String stepId = i < ids.size() ? ids.get(i) : "step-" + i;
        boolean started = random.nextBoolean();
        long sortTime = started ? T + random.nextInt(4) : StepPosition.NO_TIME;
        String status = statuses.get(random.nextInt(statuses.size()));
        records.add(
            new StepRecord(
                new StepPosition(sortTime, stepId, run),
                Words.STATUS.isTerminal(status) ? T + random.nextInt(4) : StepPosition.NO_TIME,
                random.nextBoolean() ? Optional.of("workflow") : Optional.empty(),
                random.nextBoolean() ? "block" : "other",
                types.get(random.nextInt(types.size())),
                status,
                0,
                new EncodedStep(new byte[] {(byte) i}, new byte[] {1, 2}, new byte[] {3}),
                List.of()));
      }
    }
    return records;
  }

  private static List<StepPosition> inListOrder(
      List<StepRecord> records, Predicate<StepRecord> wanted) {
    return records.stream()
        .filter(wanted)
        .map(StepRecord::position)
        .sorted(RandomSteps.ORDER)
        .toList();
  }

  private static StepRecord changed(StepRecord record) {
    return record(T, "c", record.position().runId(), "completed", 0, "c");
  }

  private static StepRecord record(
      long sortTime, String stepId, String runId, String status, int retryCount, String head) {
    return new StepRecord(
        new StepPosition(sortTime, stepId, runId),
        Words.STATUS.isTerminal(status) ? sortTime : StepPosition.NO_TIME,
        Optional.of("workflow"),
        "block",
        "function",
        status,
        retryCount,
        new EncodedStep(head.getBytes(StandardCharsets.UTF_8), new byte[] {1}, new byte[] {2, 3}),
        List.of());
  }

  private List<Outcome> write(String organizationId, StepRecord... records) {
    return writer().write(organizationId, List.of(records), call());
  }

  private List<StepPosition> scan(
      StepFilter filter, Direction direction, StepPosition from, int rows) {
    return store()
        .scan(
            new Scan<>(filter, direction, Optional.ofNullable(from), rows, Long.MAX_VALUE), call())
        .stream()
        .map(StoredStep::position)
        .toList();
  }

  private static Scan<StepFilter, StepPosition> everything(String organizationId, int rows) {
    return new Scan<>(
        StepFilter.all(organizationId),
        Direction.ASCENDING,
        Optional.empty(),
        rows,
        Long.MAX_VALUE);
  }

  private List<String> heads(String organizationId) {
    return head(store().scan(everything(organizationId, 100), call()));
  }

  private static List<String> head(List<StoredStep> steps) {
    return steps.stream()
        .map(step -> new String(step.encoded().head(), StandardCharsets.UTF_8))
        .toList();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(30));
  }

  private static ExternalPayload payload(byte[] bytes) {
    return new ExternalPayload(ExternalPayload.sha256(bytes), bytes);
  }
}
