package dev.workflowsteps.server.grpc;

import com.github.benmanes.caffeine.cache.Ticker;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.workflowsteps.contract.CallHeaders;
import dev.workflowsteps.proto.v1.ErrorReason;
import dev.workflowsteps.proto.v1.Violations;
import dev.workflowsteps.server.auth.Authenticated;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.KeyUses;
import dev.workflowsteps.server.auth.WrongKeys;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.BusiestOrganizations;
import io.grpc.Metadata;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Finds out who is asking: at once for keys that are in use, else on a few threads that wait. */
final class KeyLookUps implements AutoCloseable {

  private static final int MOST_WAITING = 200;

  private static final int USES_WRITTEN_EVERY = 10;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          Settings.KEY_CONNECTIONS,
          Settings.KEY_CONNECTIONS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          new NamedThreads("grpc-keys"));

  private final ScheduledExecutorService useWriter =
      Executors.newSingleThreadScheduledExecutor(new NamedThreads("grpc-key-uses"));

  private final Authenticator authenticator;
  private final KeyUses uses;
  private final BusiestOrganizations busiest = new BusiestOrganizations();
  private final WrongKeys wrongKeys;

  /**
   * @param wrongKeys is told of wrong keys; stays the caller's
   * @param ticker see {@link Authenticator}
   */
  KeyLookUps(KeyStore keys, WrongKeys wrongKeys, Clock clock, Ticker ticker) {
    this.wrongKeys = wrongKeys;
    this.authenticator = new Authenticator(keys, clock, ticker, threads);
    this.uses = new KeyUses(keys, clock);
    var unused =
        useWriter.scheduleWithFixedDelay(
            uses::write, USES_WRITTEN_EVERY, USES_WRITTEN_EVERY, TimeUnit.SECONDS);
    var unusedToo = useWriter.scheduleAtFixedRate(busiest::log, 1, 1, TimeUnit.MINUTES);
  }

  /** Runs a task on a thread that may ask the database for a key; false if too many wait. */
  boolean run(Runnable task) {
    try {
      threads.execute(task);
      return true;
    } catch (RejectedExecutionException full) {
      return false;
    }
  }

  /** Forgets a task that waits for such a thread. */
  void withdraw(Runnable task) {
    threads.remove(task);
  }

  /** For how long calls from there are refused, whatever their key; empty = they are not. */
  Optional<Duration> refusal(InetAddress from) {
    return wrongKeys.refusal(from);
  }

  /**
   * Who is asking, if the database need not be asked for that; else empty.
   *
   * @throws io.grpc.StatusRuntimeException {@code unauthenticated} or {@code malformed_request}
   */
  Optional<Caller> cached(Metadata headers, Optional<InetAddress> from) {
    return authenticator
        .authenticateFromCache(
            all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION))
        .map(key -> caller(key, headers, from));
  }

  /**
   * Who is asking.
   *
   * @throws io.grpc.StatusRuntimeException {@code unauthenticated} or {@code malformed_request}
   * @throws dev.workflowsteps.server.call.FailedCallException {@code UNAVAILABLE}
   */
  Caller lookUp(Metadata headers, Optional<InetAddress> from) {
    return caller(
        authenticator.authenticate(
            all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION)),
        headers,
        from);
  }

  private Caller caller(Optional<Authenticated> key, Metadata headers, Optional<InetAddress> from) {
    if (key.isEmpty()) {
      if (CallHeaders.haveKey(headers)) {
        from.ifPresent(wrongKeys::add);
      }
      throw Errors.unauthenticated();
    }
    uses.add(key.get());
    busiest.add(key.get().organizationId());
    return new Caller(key.get(), violations(headers.get(CallHeaders.VIOLATIONS)));
  }

  private static Violations violations(byte[] encoded) {
    if (encoded == null) {
      return Violations.getDefaultInstance();
    }
    try {
      return Violations.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw Errors.of(
          ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
          CallHeaders.VIOLATIONS.name() + ": not a workflows.v1.Violations message");
    }
  }

  private static List<String> all(Metadata headers, Metadata.Key<String> key) {
    Iterable<String> values = headers.getAll(key);
    List<String> all = new ArrayList<>();
    if (values != null) {
      values.forEach(all::add);
    }
    return all;
  }

  @Override
  public void close() {
    threads.shutdown();
    useWriter.shutdownNow();
  }
}
