package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.Eraser;
import dev.workflowsteps.server.steps.Holdings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Only remembers how much there is. */
final class InMemoryEraser implements Eraser {

  final Map<String, Holdings> runs = new HashMap<>();
  Holdings organization = Holdings.NOTHING;

  @Override
  public Holdings ofRun(String organizationId, String runId, Call call) {
    return runs.getOrDefault(runId, Holdings.NOTHING);
  }

  @Override
  public Holdings eraseRun(String organizationId, String runId, Call call) {
    return runs.remove(runId);
  }

  @Override
  public Holdings ofOrganization(String organizationId, Call call) {
    return organization;
  }

  @Override
  public Holdings eraseOrganization(String organizationId, Consumer<Holdings> progress, Call call) {
    Holdings deleted = organization;
    organization = Holdings.NOTHING;
    return deleted;
  }
}
