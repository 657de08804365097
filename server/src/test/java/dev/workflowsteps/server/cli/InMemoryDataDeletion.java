package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StoredCounts;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Only remembers how much there is. */
final class InMemoryDataDeletion implements DataDeletion {

  final Map<String, StoredCounts> runs = new HashMap<>();
  StoredCounts organization = StoredCounts.NONE;

  @Override
  public StoredCounts countRun(String organizationId, String runId, Call call) {
    return runs.getOrDefault(runId, StoredCounts.NONE);
  }

  @Override
  public StoredCounts deleteRun(String organizationId, String runId, Call call) {
    return runs.remove(runId);
  }

  @Override
  public StoredCounts countOrganization(String organizationId, Call call) {
    return organization;
  }

  @Override
  public StoredCounts deleteOrganization(
      String organizationId, Consumer<StoredCounts> progress, Call call) {
    StoredCounts deleted = organization;
    organization = StoredCounts.NONE;
    return deleted;
  }
}
