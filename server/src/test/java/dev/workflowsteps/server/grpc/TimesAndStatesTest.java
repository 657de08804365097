package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsResponse;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecord;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists bounded by time, and lists without some states, with the oracle as storage. */
class TimesAndStatesTest {

  private final Edge edge = new Edge();
  private final String key = edge.key("acme");

  @BeforeEach
  void steps() {
    put(AStep.named("october").startedAt("2026-10-31T23:59:59.999999Z").status("error"));
    put(AStep.named("first").startedAt("2026-11-01T00:00:00Z").status("running"));
    put(AStep.named("last").startedAt("2026-11-30T23:59:59.999999Z").status("completed"));
    put(AStep.named("december").startedAt("2026-12-01T00:00:00Z").status("error"));
    put(AStep.named("never").startedAt(null).status("pending"));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  @Rule("time-range")
  void dates_areWholeDays_soTwoOfThemAreAMonth() {
    assertThat(list(times("2026-11-01", "2026-11-30"))).containsExactly("first", "last");
  }

  @Test
  @Rule("time-range")
  void times_areInclusiveFromAndExclusiveTo_withAnyOffset() {
    assertThat(list(times("2026-11-01T01:00:00+01:00", "2026-11-30T18:59:59.999999-05:00")))
        .containsExactly("first");
    assertThat(list(times("2026-11-01T00:00:00.000001Z", "2026-12-01T00:00:00.000001Z")))
        .containsExactly("last", "december");
    assertThat(list(times("2026-11-01t00:00:00z", "2026-11-01"))).containsExactly("first");
  }

  @Test
  @Rule("time-range")
  void oneBoundAlone_leavesOutWhatHasNoTime() {
    assertThat(list(request().setFromDate("2026-12-01"))).containsExactly("december");
    assertThat(list(request().setToDate("2026-10-31"))).containsExactly("october");
    assertThat(list(request().setFromDate("0000-01-01"))).hasSize(4).doesNotContain("never");
    assertThat(list(request().setToDate("9999-12-31"))).hasSize(4).doesNotContain("never");
    assertThat(list(request())).hasSize(5);
  }

  @Test
  @Rule("time-range")
  void rangeThatEndsWhereItBegins_orBefore_isAnErrorOfItsEnd() {
    for (ListWorkflowStepsRequest.Builder request :
        List.of(
            times("2026-11-02", "2026-11-01"),
            times("2026-11-02", "2026-11-02T00:00:00Z"),
            times("2026-11-02T00:00:00Z", "2026-11-02T01:00:00+01:00"),
            times("2026-11-03T00:00:00Z", "2026-11-02"))) {
      Violation violation = onlyViolation(request);

      assertThat(violation.getField()).isEqualTo("to_date");
      assertThat(violation.getReason()).isEqualTo("invalid_value");
      assertThat(violation.getDescription())
          .isEqualTo("to_date: \"" + request.getToDate() + "\" (expected: a time after from_date)");
    }
  }

  @Test
  @Rule({"time-range", "strict-values"})
  void whatIsNoTime_isToldWithWhatOneLooksLike() {
    assertThat(onlyViolation(request().setFromDate("yesterday")).getDescription())
        .isEqualTo(
            "from_date: \"yesterday\" (expected: a date like 2026-11-01, which is that day in UTC,"
                + " or an RFC 3339 time with Z or an offset, in whole microseconds, without a leap"
                + " second)");
    assertThat(onlyViolation(request().setToDate("2026-11-01T00:00:00 01:00")).getDescription())
        .isEqualTo(
            "to_date: \"2026-11-01T00:00:00 01:00\" (expected: a plus before the offset; in a"
                + " query, write it as %2B)");
    assertThat(onlyViolation(request().setToDate("")).getReason()).isEqualTo("empty_value");
    assertThat(
            onlyViolation(request().setToDate("2026-11-01T00:00:00." + "0".repeat(50) + "Z"))
                .getDescription())
        .endsWith("(expected: at most 64 bytes)");
  }

  @Test
  @Rule("all-at-once")
  void everythingThatIsWrong_isToldInTheOrderOfTheFields_eachOnce() {
    StatusRuntimeException failure =
        failure(
            request()
                .setRunId("")
                .addStatus("foo")
                .addStatus("error")
                .addExcludeStatus("bar")
                .setSortBy("end")
                .setFromDate("a\n")
                .setToDate("2026-02-30")
                .setView("all")
                .setLimit(0));

    assertThat(Failed.violations(failure).getViolationsList())
        .extracting(Violation::getField)
        .containsExactly(
            "run_id",
            "status",
            "exclude_status",
            "sort_by",
            "from_date",
            "to_date",
            "view",
            "status",
            "limit");
  }

  @Test
  @Rule("exclude-status")
  void excludedStates_areLeftOut() {
    assertThat(list(request().addExcludeStatus("error").addExcludeStatus("Pending")))
        .containsExactly("first", "last");
  }

  @Test
  @Rule("exclude-status")
  void excludedStates_besideStates_areAnErrorOfStatus() {
    Violation violation = onlyViolation(request().addStatus("error").addExcludeStatus("running"));

    assertThat(violation.getReason()).isEqualTo("mutually_exclusive");
    assertThat(violation.getField()).isEqualTo("status");
    assertThat(violation.getDescription())
        .isEqualTo("status: given together with exclude_status (expected: one of them)");
  }

  @Test
  @Rule({"exclude-status", "suggestions"})
  void unknownStates_areRefusedAsThoseOfStatus() {
    assertThat(onlyViolation(request().addExcludeStatus("failed")).getSuggestion())
        .isEqualTo("error");
    assertThat(onlyViolation(request().addExcludeStatus("")).getReason()).isEqualTo("empty_value");
  }

  @Test
  @Rule({"exclude-status", "pages-empty"})
  void everyStateExcluded_isAnEmptyPage_butAWrongCursorIsToldAllTheSame() {
    ListWorkflowStepsRequest.Builder nothing = request().addAllExcludeStatus(Words.STATUS.all());

    ListWorkflowStepsResponse page = page(nothing);

    assertThat(page.getDataCount()).isZero();
    assertThat(page.getListMetadata().hasAfter()).isFalse();
    assertThat(page.getListMetadata().hasBefore()).isFalse();
    assertThat(Failed.reason(failure(nothing.setAfter("nobody")))).isEqualTo("CURSOR_NOT_FOUND");
  }

  @Test
  @Rule("cursor-bound")
  void tokens_areOfTheStatesAndTimes_asInstants_howeverWritten() {
    String token =
        page(times("2026-11-01", "2026-11-30").addExcludeStatus("error").setLimit(1))
            .getListMetadata()
            .getAfter();

    assertThat(
            list(
                times("2026-10-31T23:00:00-01:00", "2026-12-01T00:00:00.000Z")
                    .addExcludeStatus("ERROR")
                    .addExcludeStatus("error")
                    .setAfter(token)))
        .containsExactly("last");
    for (ListWorkflowStepsRequest.Builder other :
        List.of(
            request(),
            times("2026-11-01", "2026-11-30"),
            request().addExcludeStatus("error"),
            times("2026-11-01", "2026-11-29").addExcludeStatus("error"),
            times("2026-11-02", "2026-11-30").addExcludeStatus("error"),
            times("2026-11-01", "2026-11-30").addExcludeStatus("running"),
            times("2026-11-01", "2026-11-30").addExcludeStatus("error").setSortBy("ended_at"))) {
      assertThat(Failed.reason(failure(other.setAfter(token)))).isEqualTo("CURSOR_FILTER_MISMATCH");
    }
  }

  /** What failed in November, newest first. */
  @Test
  @Rule("sort-by")
  void sortedByTheEnd_finalStatesCount_alsoThoseThatNeverStarted() {
    put(AStep.named("created").startedAt(null).status("error").createdAt(second(30)));
    put(
        AStep.named("both")
            .startedAt("2026-10-01T00:00:00Z")
            .status("error")
            .completedAt(second(20)));
    put(
        AStep.named("still")
            .startedAt("2026-11-01T00:00:00Z")
            .status("awaiting_review")
            .completedAt(second(20)));
    put(AStep.named("timeless").startedAt(null).status("error"));

    assertThat(
            list(byEnd().addStatus("error").setFromDate("2026-11-01").setOrder("desc").setLimit(2)))
        .containsExactly("december", "created");
    assertThat(list(byEnd()))
        .containsExactly(
            "october",
            "both",
            "created",
            "last",
            "december",
            "first",
            "never",
            "still",
            "timeless");
    assertThat(list(byEnd().setToDate("9999-12-31")))
        .containsExactly("october", "both", "created", "last", "december");
  }

  @Test
  @Rule({"sort-by", "cursor-forms", "cursor-plain"})
  void sortedByTheEnd_aStepIdAsCursor_standsAtItsEnd() {
    put(AStep.named("long").startedAt("2026-01-01T00:00:00Z").completedAt(second(9)));
    put(AStep.named("short").startedAt("2026-11-01T00:00:05Z").completedAt(second(8)));
    ListWorkflowStepsRequest.Builder run = byEnd().setRunId("run_1").setFromDate("2026-11-01");

    ListWorkflowStepsResponse page = page(run.setLimit(1));
    assertThat(page.getListMetadata().getAfter()).isEqualTo("short");
    assertThat(list(run.setAfter("short"))).containsExactly("long");
    assertThat(list(run.setAfter("long").setLimit(9))).containsExactly("last", "december");
    assertThat(list(byEnd().setAfter("first"))).containsExactly("never");
    assertThat(page(byEnd().setRunId("run_1").setBefore("never").setLimit(1)))
        .extracting(answer -> answer.getListMetadata().getAfter())
        .asString()
        .startsWith("wfc1_");
  }

  @Test
  @Rule("cursor-bound")
  void defaultsThatAreGiven_areNoOtherList() {
    String token = page(request().setLimit(1)).getListMetadata().getAfter();

    assertThat(list(request().setSortBy("StartedAt").setOrder("asc").setAfter(token))).hasSize(4);
  }

  private void put(AStep step) {
    WorkflowStep built = step.build();
    edge.steps.write("acme", List.of(StepRecord.of(built)), Call.within(Duration.ofSeconds(10)));
  }

  private static Instant second(int second) {
    return Instant.parse("2026-11-01T00:00:00Z").plusSeconds(second);
  }

  private static ListWorkflowStepsRequest.Builder byEnd() {
    return request().setSortBy("ended_at");
  }

  private static ListWorkflowStepsRequest.Builder request() {
    return ListWorkflowStepsRequest.newBuilder();
  }

  private static ListWorkflowStepsRequest.Builder times(String from, String to) {
    return request().setFromDate(from).setToDate(to);
  }

  private List<String> list(ListWorkflowStepsRequest.Builder request) {
    return page(request).getDataList().stream().map(WorkflowStep::getStepId).toList();
  }

  private ListWorkflowStepsResponse page(ListWorkflowStepsRequest.Builder request) {
    return edge.steps(Edge.headers(key)).listWorkflowSteps(request.build());
  }

  private StatusRuntimeException failure(ListWorkflowStepsRequest.Builder request) {
    return Failed.call(() -> page(request));
  }

  private Violation onlyViolation(ListWorkflowStepsRequest.Builder request) {
    List<Violation> violations = Failed.violations(failure(request)).getViolationsList();
    assertThat(violations).hasSize(1);
    return violations.get(0);
  }
}
