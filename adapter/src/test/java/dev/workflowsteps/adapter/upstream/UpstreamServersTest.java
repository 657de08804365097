package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which servers there are, and which of them get calls. */
@Timeout(60)
class UpstreamServersTest {

  private final List<FakeServer> fakes = new ArrayList<>();
  private UpstreamServers servers;

  @AfterEach
  void stop() {
    servers.close();
    fakes.forEach(FakeServer::close);
  }

  @Test
  void serverThatIsNotReady_getsNoCall_andIsNamed_untilItIs() throws Exception {
    FakeServer ready = fake();
    FakeServer other = fake();
    startAll();

    other.health = ServingStatus.NOT_SERVING;
    await().until(() -> servers.serving() == 1);
    calls(10);
    assertThat(ready.calls).hasValue(10);
    assertThat(servers.problem()).isEmpty();
    assertThat(servers.problems())
        .containsExactly("127.0.0.1:" + other.port() + " is not ready; see its /readyz");

    other.health = ServingStatus.SERVING;
    await().until(() -> servers.serving() == 2);
    calls(10);
    assertThat(other.calls).hasValue(5);
    assertThat(servers.problems()).isEmpty();
  }

  @Test
  void serverThatDoesNotAnswerItsCheck_getsNoCall() throws Exception {
    FakeServer ready = fake();
    FakeServer hanging = fake();
    startAll();

    hanging.health = ServingStatus.UNRECOGNIZED;
    await().until(() -> servers.serving() == 1);
    calls(10);

    assertThat(ready.calls).hasValue(10);
    assertThat(servers.problems())
        .containsExactly(
            "no answer from 127.0.0.1:"
                + hanging.port()
                + "; check that workflow-steps runs there, and the setting upstream-tls");
  }

  @Test
  void serverThatDied_getsNoCall_andServesAgainOnceItIsBack() throws Exception {
    FakeServer alive = fake();
    FakeServer dead = fake();
    startAll();

    dead.kill();
    await().until(() -> servers.problems().size() == 1);
    calls(10);
    assertThat(alive.calls).hasValue(10);

    dead.startAgain();
    await().until(() -> servers.serving() == 2);
    calls(10);
    assertThat(dead.calls).hasValue(5);
  }

  /** Its own answer says more than ours would. */
  @Test
  void ifNoneIsReady_thoseThatAreConnectedGetTheCalls() throws Exception {
    FakeServer unready = fake();
    FakeServer dead = fake();
    startAll();
    unready.health = ServingStatus.NOT_SERVING;
    dead.kill();
    await().until(() -> servers.problems().size() == 2);

    calls(10);

    assertThat(unready.calls).hasValue(10);
    assertThat(servers.problem())
        .hasValue(
            "127.0.0.1:%d is not ready; see its /readyz; no answer from 127.0.0.1:%d; check that workflow-steps runs there, and the setting upstream-tls"
                .formatted(unready.port(), dead.port()));
  }

  @Test
  void name_standsForAllOfItsAddresses_asTheyAreNow() throws Exception {
    FakeServer first = fake();
    FakeServer second = new FakeServer("127.0.0.2", first.port());
    fakes.add(second);
    Addresses dns = new Addresses();
    dns.are("127.0.0.1", "::1");
    servers = UpstreamServers.start(List.of(name(first.port())), Optional.empty(), dns);
    await().until(() -> servers.serving() == 1);
    assertThat(servers.known()).isEqualTo(1);

    dns.are("127.0.0.1", "127.0.0.2");
    await().until(() -> servers.serving() == 2);
    calls(10);
    assertThat(first.calls).hasValue(5);
    assertThat(second.calls).hasValue(5);
    second.health = ServingStatus.NOT_SERVING;
    await().until(() -> !servers.problems().isEmpty());
    assertThat(servers.problems())
        .containsExactly(
            "steps.test:" + first.port() + " (127.0.0.2) is not ready; see its /readyz");

    // DNS itself is away.
    dns.are();
    second.health = ServingStatus.SERVING;
    await().until(() -> servers.serving() == 2);

    dns.are("127.0.0.2");
    await().until(() -> servers.known() == 1);
    calls(10);
    assertThat(second.calls).hasValue(15);
  }

  @Test
  void nameWithoutAddress_isNamed_andThereIsNoServer() {
    Addresses dns = new Addresses();
    servers = UpstreamServers.start(List.of(name(1)), Optional.empty(), dns);

    assertThat(servers.next()).isEmpty();
    assertThat(servers.problem())
        .hasValue("steps.test:1 has no address; check the name and the DNS server");
  }

  @Test
  void lookupThatThrows_isNotTheLast() {
    FakeServer first = fake();
    AtomicInteger lookups = new AtomicInteger();
    servers =
        UpstreamServers.start(
            List.of(name(first.port())),
            Optional.empty(),
            host -> {
              return switch (lookups.incrementAndGet()) {
                case 1 -> throw new UnknownHostException(host);
                case 2 -> throw new IllegalStateException("broken");
                default -> new InetAddress[] {InetAddress.getLoopbackAddress()};
              };
            });

    await().until(() -> servers.serving() == 1);
  }

  private static InetSocketAddress name(int port) {
    return InetSocketAddress.createUnresolved("steps.test", port);
  }

  private FakeServer fake() {
    FakeServer server = new FakeServer();
    fakes.add(server);
    return server;
  }

  private void startAll() {
    servers =
        UpstreamServers.start(fakes.stream().map(FakeServer::address).toList(), Optional.empty());
    await().until(() -> servers.serving() == fakes.size());
  }

  private void calls(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      servers
          .next()
          .orElseThrow()
          .calls()
          .call(FakeServer.READ, new byte[0], new Metadata(), CallOptions.DEFAULT)
          .get();
    }
  }

  /** What DNS knows of every name; none = it doesn't answer. */
  private static final class Addresses implements UpstreamServers.Resolver {

    private volatile List<String> now = List.of();

    void are(String... ips) {
      now = List.of(ips);
    }

    @Override
    public InetAddress[] addresses(String host) throws UnknownHostException {
      List<String> ips = now;
      if (ips.isEmpty()) {
        throw new UnknownHostException(host);
      }
      InetAddress[] addresses = new InetAddress[ips.size()];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = InetAddress.getByName(ips.get(i));
      }
      return addresses;
    }
  }
}
