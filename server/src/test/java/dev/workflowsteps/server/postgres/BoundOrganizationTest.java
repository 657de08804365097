package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.steps.AFilter;
import dev.workflowsteps.server.steps.Direction;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepScan;
import dev.workflowsteps.server.steps.StepStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every statement on a table of tenants binds the organization, as a value, in each mention. */
class BoundOrganizationTest {

  private static final Pattern TABLE =
      Pattern.compile(
          "(?:FROM|JOIN|UPDATE|INTO)\\s+(step|step_payload|artifact|api_key|organization)\\b");
  private static final Pattern BOUND = Pattern.compile("organization_id = \\?");

  @Test
  void statements_bindTheOrganization_asOftenAsTheyNameATable() {
    List<String> statements =
        new ArrayList<>(
            List.of(
                PostgresStepStore.FIND,
                PostgresStepStore.FIND_IN_RUN,
                PostgresStepStore.POSITIONS,
                PostgresStepStore.POSITIONS_IN_RUN,
                PostgresStepStore.DESCRIBE,
                PostgresPayloadStore.FETCH,
                PostgresStepWriter.LEFT_ALONE,
                PostgresEraser.COUNT_RUN,
                PostgresEraser.COUNT_ORGANIZATION,
                PostgresEraser.LOCK_RUN,
                PostgresEraser.DELETE_RUN_PAYLOADS,
                PostgresEraser.DELETE_RUN_STEPS,
                PostgresEraser.DELETE_RUN_ARTIFACTS,
                PostgresEraser.LOCK_STEPS,
                PostgresEraser.DELETE_PAYLOADS,
                PostgresEraser.DELETE_STEPS,
                PostgresEraser.LOCK_ARTIFACTS,
                PostgresEraser.DELETE_ARTIFACTS,
                PostgresEraser.DELETE_KEYS,
                PostgresEraser.DELETE_ORGANIZATION,
                PostgresKeyStore.LIST,
                PostgresKeyStore.EXPIRE,
                PostgresKeyStore.REVOKE,
                PostgresKeyStore.ORGANIZATION));
    statements.addAll(pages());

    assertThat(statements)
        .allSatisfy(sql -> assertThat(count(BOUND, sql)).as(sql).isEqualTo(count(TABLE, sql)));
  }

  @Test
  void inserts_giveTheOrganizationAsAValue() {
    assertThat(PostgresStepWriter.UPSERT)
        .startsWith("INSERT INTO step AS t (organization_id, ")
        .contains("SELECT ?, run_id");
    assertThat(StepPayloads.INSERT)
        .startsWith("INSERT INTO step_payload (organization_id, ")
        .contains("VALUES (?,");
    assertThat(StepPayloads.DELETE)
        .startsWith("DELETE FROM step_payload p\n")
        .contains("WHERE p.organization_id = ? AND ");
    assertThat(PostgresArtifactWriter.UPSERT)
        .startsWith("INSERT INTO artifact AS t\n  (organization_id, ")
        .contains("SELECT ?, a.* ");
    assertThat(PostgresKeyStore.CREATE_ORGANIZATION)
        .startsWith("INSERT INTO organization (organization_id, created_at) VALUES (?,");
  }

  @Test
  void keyLookup_isTheOneStatementWithoutIt() {
    assertThat(PostgresKeyStore.FIND).contains("WHERE key_id = ?");
  }

  private static List<String> pages() {
    List<String> pages = new ArrayList<>();
    for (StepFilter filter : AFilter.shapes("o")) {
      for (Direction direction : Direction.values()) {
        for (Optional<StepPosition> from :
            List.of(Optional.<StepPosition>empty(), Optional.of(new StepPosition(1, "s", "r")))) {
          for (int rows : List.of(2, 1_001)) {
            StepScan scan = new StepScan(filter, direction, from, rows, 1);
            new SelectStepPage(scan, StepStatus.ALL)
                .statements()
                .forEach(statement -> pages.add(statement.text()));
          }
        }
      }
    }
    return pages;
  }

  private static int count(Pattern pattern, String sql) {
    Matcher matcher = pattern.matcher(sql);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
