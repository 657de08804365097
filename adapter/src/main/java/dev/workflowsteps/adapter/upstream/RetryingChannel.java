package dev.workflowsteps.adapter.upstream;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Sends each call to the next of several servers. A read that fails with {@code UNAVAILABLE},
 * because its server died, stopped or has no database, is sent once more, to another server, while
 * its deadline and the budget allow.
 */
public final class RetryingChannel implements UnaryChannel {

  private static final Executor DIRECT = MoreExecutors.directExecutor();

  /** Codes that tell of the server; all others are answers, to a wrong request for example. */
  private static final Set<Status.Code> FAILURES =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.CANCELLED,
          Status.Code.INTERNAL,
          Status.Code.UNKNOWN);

  private final UpstreamServers servers;
  private final Consumer<RetryOutcome> outcomes;
  private final RetryBudget budget;

  /**
   * @param outcomes is told what became of each read that failed so
   */
  public RetryingChannel(UpstreamServers servers, Consumer<RetryOutcome> outcomes) {
    this(servers, outcomes, new RetryBudget(System::nanoTime));
  }

  RetryingChannel(UpstreamServers servers, Consumer<RetryOutcome> outcomes, RetryBudget budget) {
    this.servers = servers;
    this.outcomes = outcomes;
    this.budget = budget;
  }

  @Override
  public ListenableFuture<UnaryResponse> call(
      MethodDescriptor<byte[], byte[]> method,
      byte[] message,
      Metadata headers,
      CallOptions options) {
    budget.addCall();
    Optional<UpstreamServer> first = servers.next();
    if (first.isEmpty()) {
      return Futures.immediateFailedFuture(
          Status.UNAVAILABLE.withDescription("no upstream has an address").asRuntimeException());
    }
    ListenableFuture<UnaryResponse> answer =
        first.get().calls().call(method, message, headers, options);
    if (!method.isIdempotent()) {
      return answer;
    }
    return Futures.catchingAsync(
        answer,
        StatusRuntimeException.class,
        failure ->
            another(first.get(), failure, options)
                .map(server -> counted(server.calls().call(method, message, headers, options)))
                .orElseGet(() -> Futures.immediateFailedFuture(failure)),
        DIRECT);
  }

  /** The server to try again, if the call is to be tried again. */
  private Optional<UpstreamServer> another(
      UpstreamServer first, StatusRuntimeException failure, CallOptions options) {
    boolean inTime = options.getDeadline() == null || !options.getDeadline().isExpired();
    if (failure.getStatus().getCode() != Status.Code.UNAVAILABLE || !inTime) {
      return Optional.empty();
    }
    Optional<UpstreamServer> other = servers.nextBeside(first);
    if (other.isEmpty()) {
      outcomes.accept(RetryOutcome.NO_OTHER_SERVER);
      return Optional.empty();
    }
    if (!budget.takeRetry()) {
      outcomes.accept(RetryOutcome.OVER_BUDGET);
      return Optional.empty();
    }
    return other;
  }

  private ListenableFuture<UnaryResponse> counted(ListenableFuture<UnaryResponse> retry) {
    Futures.addCallback(
        retry,
        new FutureCallback<>() {
          @Override
          public void onSuccess(UnaryResponse answer) {
            outcomes.accept(RetryOutcome.SUCCEEDED);
          }

          @Override
          public void onFailure(Throwable cause) {
            if (!(cause instanceof CancellationException)) {
              outcomes.accept(
                  FAILURES.contains(Status.fromThrowable(cause).getCode())
                      ? RetryOutcome.FAILED
                      : RetryOutcome.SUCCEEDED);
            }
          }
        },
        DIRECT);
    return retry;
  }
}
