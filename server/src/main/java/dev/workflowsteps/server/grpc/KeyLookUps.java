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
import java.util.function.Consumer;

/** Finds out who is asking: at once for keys that are in use, else on a few threads that wait. */
final class KeyLookUps implements AutoCloseable {

  /** One address can't keep out the others. */
  private static final int MOST_WAITING = 2 * WrongKeys.MOST_IN_QUESTION;

  private static final int USES_WRITTEN_EVERY = 10;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          Settings.KEY_CONNECTIONS,
          Settings.KEY_CONNECTIONS,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          new NamedThreads("grpc-keys"));

  /** For keys in use, so that unknown ones don't keep them waiting. */
  private final ThreadPoolExecutor ahead =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          new NamedThreads("grpc-keys-ahead"));

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
    this.authenticator = new Authenticator(keys, clock, ticker, ahead);
    this.uses = new KeyUses(keys, clock);
    var unused =
        useWriter.scheduleWithFixedDelay(
            uses::write, USES_WRITTEN_EVERY, USES_WRITTEN_EVERY, TimeUnit.SECONDS);
    var unusedToo = useWriter.scheduleAtFixedRate(busiest::log, 1, 1, TimeUnit.MINUTES);
  }

  /** A question about a key that waits for such a thread. */
  final class LookUp implements Runnable {

    private final Metadata headers;
    private final Optional<InetAddress> from;
    private final Consumer<LookUp> task;
    private final Runnable end;

    private LookUp(
        Metadata headers, Optional<InetAddress> from, Consumer<LookUp> task, Runnable end) {
      this.headers = headers;
      this.from = from;
      this.task = task;
      this.end = end;
    }

    @Override
    public void run() {
      task.accept(this);
    }

    /**
     * Who is asking; waits for the database.
     *
     * @throws io.grpc.StatusRuntimeException {@code unauthenticated} or {@code malformed_request}
     * @throws dev.workflowsteps.server.call.FailedCallException {@code UNAVAILABLE}
     */
    Caller caller() {
      try {
        return KeyLookUps.this.caller(
            authenticator.authenticate(
                all(headers, CallHeaders.API_KEY), all(headers, CallHeaders.AUTHORIZATION)),
            headers,
            from);
      } finally {
        end.run();
      }
    }
  }

  /**
   * A question about a key that is not in the cache; to be given to {@link #run}. Empty if callers
   * there ask about too many.
   *
   * @param from where the caller is
   * @param task asks, and goes on with the answer
   */
  Optional<LookUp> lookUp(Metadata headers, Optional<InetAddress> from, Consumer<LookUp> task) {
    Optional<Runnable> end =
        from.isEmpty() ? Optional.of(() -> {}) : wrongKeys.begin(from.get(), key(headers));
    return end.map(found -> new LookUp(headers, from, task, found));
  }

  /** As it was sent, whichever way. */
  private static String key(Metadata headers) {
    return all(headers, CallHeaders.API_KEY) + " " + all(headers, CallHeaders.AUTHORIZATION);
  }

  /** Runs its task on a thread that may ask the database; false if too many wait. */
  boolean run(LookUp lookUp) {
    try {
      threads.execute(lookUp);
      return true;
    } catch (RejectedExecutionException full) {
      lookUp.end.run();
      return false;
    }
  }

  /** Forgets one whose answer nobody wants any more. */
  void withdraw(LookUp lookUp) {
    threads.remove(lookUp);
    lookUp.end.run();
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
    ahead.shutdown();
    useWriter.shutdownNow();
  }
}
