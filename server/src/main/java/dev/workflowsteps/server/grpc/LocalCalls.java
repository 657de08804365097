package dev.workflowsteps.server.grpc;

import com.google.common.util.concurrent.AbstractFuture;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  /**
   * Calls a method; its caller's thread does not wait. Cancelling the future cancels the call.
   *
   * @param method the full name of a unary method
   * @param timeout how long the caller waits
   * @return the answer, or a {@link io.grpc.StatusRuntimeException}; on a thread that may wait, but
   *     a refusal may be there when this returns
   * @throws IllegalArgumentException if there is no such method
   */
  ListenableFuture<byte[]> call(String method, byte[] message, Metadata headers, Duration timeout) {
    UnaryMethod<?> called = methods.get(method);
    if (called == null) {
      throw new IllegalArgumentException(
          "method: " + method + " (expected: one of " + methods.keySet() + ")");
    }
    Answer answer = new Answer(message);
    answer.begin(called, calls, headers, timeout);
    return answer;
  }

  private static final class Answer extends AbstractFuture<byte[]> implements UnaryCall.Transport {

    private final byte[] message;
    private UnaryCall<?> call;

    Answer(byte[] message) {
      this.message = message;
    }

    <T extends Message> void begin(
        UnaryMethod<T> method, UnaryCalls calls, Metadata headers, Duration timeout) {
      Duration most = timeout.compareTo(calls.timeout()) < 0 ? timeout : calls.timeout();
      UnaryCall<T> begun = new UnaryCall<>(method, calls, this, headers, most);
      call = begun;
      begun.begin(headers);
    }

    @Override
    public void read() {
      call.receive(message);
    }

    @Override
    public void answer(EncodedMessage answer, Metadata trailers) {
      set(answer.toByteArray());
    }

    @Override
    public void fail(Status status, Metadata trailers) {
      setException(status.asRuntimeException(trailers));
    }

    @Override
    protected void afterDone() {
      if (isCancelled()) {
        call.cancel();
      }
    }
  }
}
