package dev.workflowsteps.adapter.upstream;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.workflowsteps.contract.CallHeaders;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Fails the calls of addresses that sent too many wrong keys, with an {@link AddressException}. */
public final class LimitedChannel implements UnaryChannel {

  private final UnaryChannel channel;
  private final AddressLimit limit;

  /** Counts wrong keys; used by many threads. */
  public interface AddressLimit {

    /** For how long a call from there is to be refused; empty = it isn't. */
    Optional<Duration> refusal(InetAddress address);

    /**
     * A call from there has a key, right or wrong.
     *
     * @param key as it was sent
     * @return to be run at the end of the call; empty if calls from there have too many keys
     */
    Optional<Runnable> begin(InetAddress address, String key);

    /** A call from there had a wrong key. */
    void addWrongKey(InetAddress address);
  }

  public LimitedChannel(UnaryChannel channel, AddressLimit limit) {
    this.channel = channel;
    this.limit = limit;
  }

  @Override
  public ListenableFuture<UnaryResponse> call(
      MethodDescriptor<byte[], byte[]> method,
      byte[] message,
      Metadata headers,
      CallOptions options) {
    InetAddress address = options.getOption(CALLER);
    Optional<Duration> refusal = limit.refusal(address);
    if (refusal.isPresent()) {
      return Futures.immediateFailedFuture(new AddressException(refusal.get()));
    }
    if (!CallHeaders.haveKey(headers)) {
      return channel.call(method, message, headers, options);
    }
    Optional<Runnable> end = limit.begin(address, key(headers));
    if (end.isEmpty()) {
      return Futures.immediateFailedFuture(
          Status.UNAVAILABLE
              .withDescription("the address has too many keys at a time")
              .asRuntimeException());
    }
    ListenableFuture<UnaryResponse> answer;
    try {
      answer = channel.call(method, message, headers, options);
    } catch (RuntimeException e) {
      end.get().run();
      throw e;
    }
    Futures.addCallback(answer, new Counter(address, end.get()), MoreExecutors.directExecutor());
    return answer;
  }

  /** As it was sent, whichever way. */
  private static String key(Metadata headers) {
    return headers.get(CallHeaders.API_KEY) + " " + headers.get(CallHeaders.AUTHORIZATION);
  }

  private final class Counter implements FutureCallback<UnaryResponse> {

    private final InetAddress address;
    private final Runnable end;

    Counter(InetAddress address, Runnable end) {
      this.address = address;
      this.end = end;
    }

    @Override
    public void onSuccess(UnaryResponse answer) {
      end.run();
    }

    @Override
    public void onFailure(Throwable cause) {
      if (Status.fromThrowable(cause).getCode() == Status.Code.UNAUTHENTICATED) {
        limit.addWrongKey(address);
      }
      end.run();
    }
  }
}
