package dev.workflowsteps.adapter.upstream;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One gRPC server: its address, the channel to it, and whether it serves. */
final class UpstreamServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UpstreamServer.class);

  private static final int WINDOW_BYTES = 1 << 20;

  /** So that the next attempt finds a machine that came back: Netty would wait for 30 s. */
  private static final int CONNECT_MILLIS = 1_500;

  /**
   * How long bytes may stay unacknowledged, on Linux too if no ping is due. Calls to a machine that
   * vanished end then, and there is time for a second try.
   */
  private static final int KEEP_ALIVE_SECONDS = 5;

  /** A server that says nothing for so long serves nobody. */
  private static final int CHECK_MILLIS = 2_000;

  private final String name;
  private final ManagedChannel channel;
  private final UnaryChannel calls;
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile Optional<String> problem;

  /**
   * Connects at the first check.
   *
   * @param upstream as it was configured; it is what the server is told as its own name, and what
   *     its certificate must be for
   * @param tls empty = plaintext
   */
  UpstreamServer(String upstream, InetSocketAddress address, Optional<SslContext> tls) {
    String ip = address.getAddress().getHostAddress();
    boolean isNamed = !upstream.startsWith("[") && !upstream.startsWith(ip);
    this.name = isNamed ? upstream + " (" + ip + ")" : upstream;
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(address).overrideAuthority(upstream);
    tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    this.channel =
        builder
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(60, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .build();
    this.calls = UnaryChannel.of(channel);
    this.problem = Optional.of(noAnswer());
  }

  UnaryChannel calls() {
    return calls;
  }

  /** Whether it is connected, and was ready for calls when it was last asked. */
  boolean serves() {
    return problem.isEmpty() && channel.getState(false) == ConnectivityState.READY;
  }

  /** Whether the last attempt to connect failed: a call would fail at once. */
  boolean isUnreachable() {
    return channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE;
  }

  /** A sentence for the operator; empty if the last check found none. */
  Optional<String> problem() {
    return problem;
  }

  /**
   * Asks its health service, without waiting for the answer. One without that service is reachable,
   * and that will do. What asks often is also what connects again: gRPC's own pauses between
   * attempts grow to two minutes.
   */
  void check() {
    if (!checking.compareAndSet(false, true)) {
      return;
    }
    if (isUnreachable()) {
      channel.resetConnectBackoff();
    }
    Futures.addCallback(
        HealthGrpc.newFutureStub(channel)
            .withDeadlineAfter(CHECK_MILLIS, TimeUnit.MILLISECONDS)
            .check(HealthCheckRequest.getDefaultInstance()),
        new FutureCallback<>() {
          @Override
          public void onSuccess(HealthCheckResponse answer) {
            checked(
                answer.getStatus() == ServingStatus.SERVING
                    ? Optional.empty()
                    : Optional.of(name + " is not ready; see its /readyz"));
          }

          @Override
          public void onFailure(Throwable cause) {
            checked(
                Status.fromThrowable(cause).getCode() == Status.Code.UNIMPLEMENTED
                    ? Optional.empty()
                    : Optional.of(reason(cause)));
          }
        },
        MoreExecutors.directExecutor());
  }

  private void checked(Optional<String> found) {
    if (!found.equals(problem)) {
      if (found.isEmpty()) {
        LOG.info("upstream {} serves", name);
      } else if (!channel.isShutdown()) {
        LOG.warn("upstream: {}", found.get());
      }
    }
    problem = found;
    checking.set(false);
  }

  private String reason(Throwable cause) {
    boolean isTls =
        Throwables.getCausalChain(cause).stream()
            .anyMatch(e -> e instanceof SSLException || e instanceof CertificateException);
    return isTls
        ? "no TLS with %s (%s); check its tls-certificate, and upstream-ca and upstream-certificate"
            .formatted(name, Throwables.getRootCause(cause).getMessage())
        : noAnswer();
  }

  private String noAnswer() {
    return "no answer from "
        + name
        + "; check that workflow-steps runs there, and the setting upstream-tls";
  }

  /** Lets running calls end. */
  void retire() {
    channel.shutdown();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
