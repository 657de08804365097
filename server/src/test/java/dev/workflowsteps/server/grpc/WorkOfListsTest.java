package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.server.admission.Work;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lists take the places of large reads. */
class WorkOfListsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "limit: 200",
        "workflow_id: 'w'",
        "block_id: 'b' status: 'error'",
        "step_id: 's'",
        "block_type: 'extract' block_type: 'note'",
        "sort_by: 'ended_at'",
        "sort_by: 'ended_at' status: 'running'",
        "sort_by: 'ended_at' workflow_id: 'w' status: 'error' status: 'completed'",
        "sort_by: 'ended_at' workflow_id: 'w' from_date: '2026-11-01'",
        "run_id: 'r' workflow_id: 'w' block_id: 'b' sort_by: 'ended_at'"
      })
  void listInTheOrderOfAnIndex_isASmallRead(String request) throws TextFormat.ParseException {
    assertThat(work(request)).isEqualTo(Work.READ);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit: 201",
        "workflow_id: 'w' block_id: 'b'",
        "block_id: 'b' block_type: 'note'",
        "workflow_id: 'w' block_type: 'note' status: 'error'",
        "sort_by: 'ended_at' block_id: 'b' status: 'error'",
        "sort_by: 'ended_at' block_type: 'note'",
        "sort_by: 'ended_at' step_id: 's'",
        "sort_by: 'ended_at' workflow_id: 'w'",
        "sort_by: 'EndedAt' workflow_id: 'w'",
        "sort_by: 'ended_at' workflow_id: 'w' status: 'error' status: 'running'",
        "sort_by: 'ended_at' workflow_id: 'w' exclude_status: 'running'"
      })
  void listThatWalks_isALargeRead(String request) throws TextFormat.ParseException {
    assertThat(work(request)).isEqualTo(Work.LARGE_READ);
  }

  private static Work work(String request) throws TextFormat.ParseException {
    return StepsService.work(TextFormat.parse(request, ListWorkflowStepsRequest.class));
  }
}
