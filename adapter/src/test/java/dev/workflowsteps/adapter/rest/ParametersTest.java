package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.proto.v1.GetWorkflowArtifactRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.Violation;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.ApiKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

  private final Parameters parameters =
      new Parameters(ListWorkflowStepsRequest.getDescriptor(), Set.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=a&status=b",
        "status=a,b",
        "status[]=a&status[]=b",
        "status[0]=a&status[1]=b",
        "status=[a, b]",
        "status=%5Ba,b%5D",
        "status=a,,b,",
        "status=a&&status=b&status="
      })
  @Rule("list-forms")
  void lists_inEveryFormThatClientsSend(String query) throws Exception {
    assertThat(list(query).getStatusList()).containsExactly("a", "b");
    assertThat(findings(query)).isEmpty();
  }

  @Test
  @Rule("list-forms")
  void emptyList_inBrackets_isAbsent() throws Exception {
    assertThat(list("status=[]").getStatusCount()).isZero();
    assertThat(findings("status=[]")).isEmpty();
  }

  @Test
  @Rule({"list-forms", "exclude-status", "strict-once"})
  void excludedStatuses_areAListLikeStatuses_boundsAreSingle() throws Exception {
    assertThat(list("exclude_status=a,b&exclude_status[]=c").getExcludeStatusList())
        .containsExactly("a", "b", "c");
    assertThat(list("exclude_status=[]").getExcludeStatusCount()).isZero();
    assertThat(findings("exclude_status=")).containsExactly("exclude_status empty_value");
    assertThat(findings("from_date=2026-11-01&from_date=2026-11-02&to_date[]=2026-11-03"))
        .containsExactly("to_date[] unknown_parameter", "from_date repeated_parameter");
  }

  @Test
  @Rule("time-range")
  void plusOfAnOffset_isASpaceUnlessItIsEncoded() throws Exception {
    assertThat(list("from_date=2026-11-01T00:00:00+01:00").getFromDate())
        .isEqualTo("2026-11-01T00:00:00 01:00");
    assertThat(list("from_date=2026-11-01T00:00:00%2B01:00").getFromDate())
        .isEqualTo("2026-11-01T00:00:00+01:00");
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "-1", "2147483647"})
  void wholeNumbers_areRead(int limit) throws Exception {
    assertThat(list("limit=" + limit).getLimit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "1.0",
        "01",
        "+1",
        "%2B1",
        "1e2",
        "2147483648",
        "%D9%A3",
        "99999999999999",
        "-0"
      })
  @Rule("strict-values")
  void whatIsNoWholeNumber_isFound(String value) throws Exception {
    assertThat(findings("limit=" + value)).containsExactly("limit invalid_value");
    assertThat(list("limit=" + value).hasLimit()).isFalse();
  }

  @Test
  void emptyText_goesToTheServer_emptyListsAndNumbersAreFound() throws Exception {
    assertThat(list("run_id=").hasRunId()).isTrue();
    assertThat(list("run_id").getRunId()).isEmpty();
    assertThat(findings("status=&limit="))
        .containsExactly("status empty_value", "limit empty_value");
  }

  @Test
  @Rule("strict-once")
  void sameValueTwice_isOnce_differentOnesAreFound() throws Exception {
    assertThat(list("run_id=a&run_id=a").getRunId()).isEqualTo("a");
    assertThat(findings("run_id=a&run_id=b")).containsExactly("run_id repeated_parameter");
  }

  @Test
  @Rule({"strict-names", "suggestions"})
  void unknownParameter_isFound_withASuggestion_andWithoutItsValue() throws Exception {
    Violation violation = read("block_types=secret").violations().getViolations(0);

    assertThat(violation.getReason()).isEqualTo("unknown_parameter");
    assertThat(violation.getSuggestion()).isEqualTo("block_type");
    assertThat(violation.hasValue()).isFalse();
    assertThat(violation.toString()).doesNotContain("secret");
    assertThat(read("runId=a").violations().getViolations(0).getSuggestion()).isEqualTo("run_id");
    assertThat(read("step=a").violations().getViolations(0).getSuggestion()).isEqualTo("step_id");
    assertThat(read("block=a").violations().getViolations(0).hasSuggestion()).isFalse();
    assertThat(read("=a").violations().getViolations(0).getDescription())
        .startsWith("\"\": unknown parameter");
    assertThat(findings("run_id[0]=a")).containsExactly("run_id[0] unknown_parameter");
  }

  @Test
  @Rule("bounded-details")
  void findings_areAtMostTen_andTheOthersAreCounted() throws Exception {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      query.append("&unknown").append(i).append("=").append("x".repeat(500));
    }

    assertThat(read(query.toString()).violations().getViolationsCount()).isEqualTo(10);
    assertThat(read(query.toString()).violations().getOmitted()).isEqualTo(15);
  }

  @Test
  @Rule("bounded-details")
  void findings_fitIntoTheMetadataOfACall_howeverLongTheirNamesAre() throws Exception {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      query.append("&").append(i).append("%F0%9F%98%80".repeat(100)).append("=");
    }

    Violations findings = read(query.toString()).violations();
    assertThat(findings.getSerializedSize()).isLessThan(4_000);
    assertThat(findings.getViolationsCount() + findings.getOmitted()).isEqualTo(25);
  }

  @Test
  @Rule("bounded-details")
  void findings_behindTheFirstThatDoesNotFit_areOnlyCounted() throws Exception {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      query.append("&").append(i).append("%F0%9F%98%80".repeat(60)).append("=");
    }

    Violations all = read(query.toString()).violations();
    Violations more = read(query + "&x=1").violations();
    assertThat(all.getOmitted()).isPositive();
    assertThat(more.getViolationsList()).isEqualTo(all.getViolationsList());
    assertThat(more.getOmitted()).isEqualTo(all.getOmitted() + 1);
  }

  @Test
  @Rule("key-not-in-query")
  void valueThatHoldsAKey_isShownWithoutIt() throws Exception {
    Violations findings = read("limit=5wfs_secret").violations();

    assertThat(findings.getViolations(0).getValue()).isEqualTo("5wfs_…");
    assertThat(findings.toString()).doesNotContain("secret");
  }

  @Test
  @Rule("key-not-in-query")
  void keyAsAValue_isRefused_andNotShown() throws Exception {
    String key = ApiKey.generate(new SecureRandom()).text();
    for (String query : List.of("run_id=" + key, "status=running," + key, "limit=" + key)) {
      Violations findings = read(query).violations();

      assertThat(findings.getViolationsList()).as(query).hasSize(1);
      assertThat(findings.getViolations(0).getDescription()).contains("an API key", "Api-Key");
      assertThat(findings.toString()).doesNotContain(key.substring(4, 12));
    }
    assertThat(read("run_id=wfs_abcdefgh").violations().getViolationsList()).isEmpty();
  }

  @Test
  void value_isAsItWasGiven_andCut() throws Exception {
    Violations findings = read("limit=%22%09" + "%C3%A9".repeat(70)).violations();

    assertThat(findings.getViolations(0).getValue()).isEqualTo("\"\t" + "é".repeat(62));
    assertThat(findings.getViolations(0).getDescription()).contains("é…");
  }

  @Test
  @Rule("list-forms")
  void bracketsAroundWhiteSpace_areAnEmptyValue_notNone() throws Exception {
    assertThat(read("status=[]").violations().getViolationsList()).isEmpty();
    assertThat(read("status=[%20]").violations().getViolations(0).getReason())
        .isEqualTo("empty_value");
  }

  @Test
  void controlCharacters_areShownEscaped() throws Exception {
    assertThat(read("limit=%1b[31m").violations().getViolations(0).getDescription())
        .startsWith("limit: \"\\u001b[31m\"");
    assertThat(read("%00=1").violations().getViolations(0).getDescription())
        .startsWith("\\u0000: unknown");
  }

  @Test
  void parameterWhereThereAreNone_saysSo() throws Exception {
    Parameters get =
        new Parameters(GetWorkflowArtifactRequest.getDescriptor(), Set.of("artifact_id"));

    assertThat(get.read("x=1", Map.of()).violations().getViolations(0).getDescription())
        .isEqualTo("x: unknown parameter (expected: none)");
  }

  @Test
  void fieldOfThePath_isNoParameter() throws Exception {
    Parameters get = new Parameters(GetWorkflowStepRequest.getDescriptor(), Set.of("step_id"));
    Parameters.Request request = get.read("step_id=other&run_id=r", Map.of("step_id", "s/1"));

    GetWorkflowStepRequest message = GetWorkflowStepRequest.parseFrom(request.message());
    assertThat(message.getStepId()).isEqualTo("s/1");
    assertThat(message.getRunId()).isEqualTo("r");
    assertThat(request.violations().getViolations(0).getField()).isEqualTo("step_id");
  }

  @Test
  void brokenEncoding_isNoRequest() {
    assertThatThrownBy(() -> read("run_id=%zz")).isInstanceOf(MalformedTextException.class);
  }

  @Test
  void messageWithOtherTypes_stopsTheStart() {
    assertThatThrownBy(() -> new Parameters(WorkflowStep.getDescriptor(), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("workflows.v1.WorkflowStep.lifecycle");
  }

  private ListWorkflowStepsRequest list(String query) throws Exception {
    return ListWorkflowStepsRequest.parseFrom(read(query).message());
  }

  private java.util.List<String> findings(String query) throws Exception {
    return read(query).violations().getViolationsList().stream()
        .map(violation -> violation.getField() + " " + violation.getReason())
        .toList();
  }

  private Parameters.Request read(String query) throws MalformedTextException {
    return parameters.read(query, Map.of());
  }
}
