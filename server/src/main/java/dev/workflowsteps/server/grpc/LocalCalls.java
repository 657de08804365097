package dev.workflowsteps.server.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import com.google.protobuf.Message;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Calls from the same process: a method call instead of a transport. */
final class LocalCalls {

  private final UnaryCalls calls;
  private final Map<String, UnaryMethod<?>> methods;

  LocalCalls(UnaryCalls calls, List<UnaryMethod<?>> methods) {
    this.calls = calls;
    this.methods =
        methods.stream().collect(Collectors.toMap(UnaryMethod::name, Function.identity()));
  }

  /** Whether there is a method of this full name. */
  boolean has(String method) {
    return methods.containsKey(method);
  }

  /** See {@link GrpcServer#call}. */
  <R> ListenableFuture<R> call(
      String method,
      byte[] message,
      Metadata headers,
      InetAddress caller,
      Duration timeout,
      GrpcServer.ResponseFactory<R> responses) {
    UnaryMethod<?> called = methods.get(method);
    if (called == null) {
      throw new IllegalArgumentException(
          "method: " + method + " (expected: one of " + methods.keySet() + ")");
    }
    Response<R> response = new Response<>(message, caller, responses);
    return response.begin(called, calls, headers, timeout);
  }

  private static final class Response<R> implements UnaryCall.Transport {

    private final SettableFuture<R> future = SettableFuture.create();
    private byte[] message;
    private final InetAddress caller;
    private final GrpcServer.ResponseFactory<R> responses;
    private UnaryCall<?> call;

    Response(byte[] message, InetAddress caller, GrpcServer.ResponseFactory<R> responses) {
      this.message = message;
      this.caller = caller;
      this.responses = responses;
    }

    <T extends Message> ListenableFuture<R> begin(
        UnaryMethod<T> method, UnaryCalls calls, Metadata headers, Duration timeout) {
      Duration most = timeout.compareTo(calls.timeout()) < 0 ? timeout : calls.timeout();
      UnaryCall<T> begun = new UnaryCall<>(method, calls, this, headers, most);
      call = begun;
      begun.begin();
      future.addListener(this::heedCancel, MoreExecutors.directExecutor());
      return future;
    }

    @Override
    public Optional<InetAddress> address() {
      return Optional.of(caller);
    }

    /** Whoever calls learns it from the headers of the response. */
    @Override
    public void authenticated(String organizationId) {}

    private void heedCancel() {
      if (future.isCancelled()) {
        call.cancel();
      }
    }

    @Override
    public void read(Charge charge, Consumer<Reason> refuse) {
      byte[] received = message;
      message = null;
      if (charge.grow(received.length)) {
        call.receive(received);
      } else {
        refuse.accept(Reason.unpaid(charge, received.length));
      }
    }

    @Override
    public void answer(
        EncodedMessage answer, Metadata headers, Metadata trailers, Runnable written) {
      boolean taken = false;
      try {
        taken = future.set(responses.of(answer.toByteArray(), headers, written));
      } finally {
        if (!taken) {
          written.run();
          // Unless it is the caller who has left.
          future.setException(Errors.internal());
        }
      }
    }

    @Override
    public void fail(StatusRuntimeException error) {
      future.setException(error);
    }
  }
}
