package dev.workflowsteps.server.document;

import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.WriteResult;
import java.util.List;

/**
 * Records documents of one kind.
 *
 * @param <D> what a document became when it was read
 */
@FunctionalInterface
public interface DocumentRecorder<D> {

  /**
   * Records documents of one organization and returns what became of each, in their order.
   *
   * @throws dev.workflowsteps.server.steps.StepsException with {@code UNAVAILABLE} if the storage
   *     is not there; recording them again is safe
   */
  List<WriteResult> record(String organizationId, List<D> documents, Call call);
}
