package dev.workflowsteps.adapter.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.adapter.http.MalformedTextException;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any query is a request with findings beside it, or cannot be read. */
class ParametersFuzz {

  private static final Parameters PARAMETERS =
      new Parameters(ListWorkflowStepsRequest.getDescriptor(), Set.of());

  /** What stands in a header beside others, of which there may be 8 KiB. */
  private static final int MOST_FINDINGS_BYTES = 7 << 10;

  static Stream<byte[]> seeds() {
    return Stream.of(
            "run_id=run_1&limit=20&order=desc&after=wfc1_AAAA",
            "status=error,completed&status[]=queued&block_type[0]=edit&block_type=[a, b]",
            "run%5fid=%C3%A9+x&&limit=-1&status=[]&=x&api_key=wfs_1&limit=99999999999",
            "sort_by=ended_at&from_date=2026-11-01&to_date=2026-11-01T00:00:00+01:00&view=basic",
            "exclude_status=error,&exclude_status[]=[queued]&to_date=2026-11-01T00:00:00%2b01:00",
            "step_id=a&step_id=b&before=%F0%9F%98%80&workflow_id=&block_id=%zz")
        .map(query -> query.getBytes(StandardCharsets.ISO_8859_1));
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyQuery_isARequestWithFindings(byte[] bytes) throws Exception {
    take(bytes);
  }

  static void take(byte[] bytes) throws InvalidProtocolBufferException {
    String query = new String(bytes, StandardCharsets.ISO_8859_1);
    Parameters.Request request;
    try {
      request = PARAMETERS.read(query, Map.of());
    } catch (MalformedTextException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    ListWorkflowStepsRequest message = ListWorkflowStepsRequest.parseFrom(request.message());
    assertThat(message.getUnknownFields().asMap()).isEmpty();
    assertThat(message.getBlockTypeList()).doesNotContain("");
    assertThat(message.getStatusList()).doesNotContain("");
    assertThat(message.getExcludeStatusList()).doesNotContain("");
    assertThat(request.violations().getViolationsCount()).isLessThanOrEqualTo(10);
    assertThat(request.violations().getSerializedSize()).isLessThan(MOST_FINDINGS_BYTES);
    assertThat(request.violations().getViolationsList())
        .allSatisfy(violation -> assertThat(violation.getReason()).isNotEmpty());
    // Nothing that is given gets lost: it is in the message, or something is said about it.
    boolean given = query.chars().anyMatch(c -> c != '&');
    boolean told =
        request.message().length > 0
            || request.violations().getViolationsCount() > 0
            || query.contains("[")
            || query.contains("%5");
    assertThat(told || !given).isTrue();
  }
}
