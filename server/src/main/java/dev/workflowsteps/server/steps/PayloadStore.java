package dev.workflowsteps.server.steps;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import java.util.Collection;
import java.util.Map;

/**
 * Where payloads lie that are too large for a step's row; they are written and deleted with it.
 * Implementations are safe for use by many threads.
 */
public interface PayloadStore {

  /**
   * The payloads of that name, as they are stored; those that are not there are left out.
   *
   * @throws FailedCallException as the methods of {@link StepStore} do. A store that is down is
   *     {@code UNAVAILABLE}, never a payload that is missing.
   */
  Map<PayloadKey, byte[]> fetch(String organizationId, Collection<PayloadKey> keys, Call call);
}
