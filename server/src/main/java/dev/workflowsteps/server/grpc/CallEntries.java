package dev.workflowsteps.server.grpc;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.contract.CallHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/** What the access log says of gRPC calls. */
final class CallEntries {

  /**
   * Codes that callers with a valid key may cause as often as they like, too; OK, if it is slow.
   */
  private static final Set<String> LIMITED =
      Set.of(
          Status.Code.OK.name(),
          Status.Code.UNAUTHENTICATED.name(),
          Status.Code.RESOURCE_EXHAUSTED.name(),
          Status.Code.UNAVAILABLE.name(),
          Status.Code.CANCELLED.name());

  /**
   * The entry of a call that has ended now.
   *
   * @param caller empty if the call has shown no valid key
   * @param peer where the caller is, REST's in the same process too; empty if that is no address
   * @param malformed whether the call could not be read: as cheap to cause as REST's 400
   */
  static AccessLog.Entry of(
      AccessLog.Request request,
      AccessLog.Outcome outcome,
      Optional<Caller> caller,
      Optional<InetAddress> peer,
      Metadata headers,
      boolean malformed) {
    String userAgent = headers.get(CallHeaders.USER_AGENT);
    return new AccessLog.Entry(
        System.currentTimeMillis(),
        request,
        outcome,
        new AccessLog.Caller(
            caller.map(Caller::organizationId).orElse(""),
            caller.map(known -> known.key().keyId()).orElse(""),
            peer.map(InetAddress::getHostAddress).orElse(""),
            userAgent == null ? "" : userAgent),
        malformed || caller.isEmpty() || LIMITED.contains(outcome.status()));
  }

  private CallEntries() {}
}
