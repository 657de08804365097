package dev.workflowsteps.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortConnectionsTest {

  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final String TRUSTED = "127.0.0.1";

  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private long now;
  private int nextPort = 1;
  private final PortConnections connections = connections(20, 5, 8);
  private final EmbeddedChannel listening = new EmbeddedChannel(connections);

  @AfterEach
  void close() {
    listening.close();
    meters.close();
  }

  private PortConnections connections(int most, int ofAddress, int ofOrganization) {
    return new PortConnections(
        Protocol.REST,
        new ConnectionLimits(
            most,
            ofAddress,
            ofOrganization,
            Settings.load(Map.of(), Map.of()).get(Setting.TRUSTED_ADDRESSES)),
        meters,
        IDLE,
        () -> now);
  }

  @Test
  void address_hasItsShare_andGetsItBack() {
    List<Peer> first = accepted("192.0.2.1", 5);
    Peer sixth = new Peer("192.0.2.1");

    assertThat(first).allMatch(Peer::isServed);
    assertThat(accept(sixth).isServed()).isFalse();
    assertThat(sixth.isOpen()).isFalse();
    assertThat(accept(new Peer("192.0.2.2")).isServed()).isTrue();
    assertThat(refused("address")).isEqualTo(1);

    first.get(0).close();
    assertThat(accept(new Peer("192.0.2.1")).isServed()).isTrue();
  }

  @Test
  void addressesOfOneNetworkOfIpv6_areOne() {
    IntStream.range(0, 5).forEach(i -> accept(new Peer("2001:db8::" + i)));

    assertThat(accept(new Peer("2001:db8::99")).isServed()).isFalse();
    assertThat(accept(new Peer("2001:db8:0:1::1")).isServed()).isTrue();
  }

  @Test
  void trustedAddress_hasNoShare_andATenthMoreThanThePort() {
    assertThat(accepted(TRUSTED, 22)).allMatch(Peer::isServed);

    assertThat(accept(new Peer(TRUSTED)).isServed()).isFalse();
    assertThat(accept(new Peer("192.0.2.1")).isServed()).isFalse();
    assertThat(refused("port")).isEqualTo(2);
    assertThat(meters.registry().scrape())
        .contains("workflow_steps_connections{port=\"rest\"} 22")
        .contains("workflow_steps_connections_limit{port=\"rest\"} 20");
  }

  @Test
  void fullPort_endsWhoHasShownNoKeyForTheLongest_afterASecond() {
    List<Peer> all = fill();
    showKey(all.get(0), "acme");
    assertThat(accept(new Peer("198.51.100.1")).isServed()).isFalse();

    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(accept(new Peer("198.51.100.1")).isServed()).isTrue();

    assertThat(all.get(0).isOpen()).isTrue();
    assertThat(all.get(1).isOpen()).isFalse();
    assertThat(all.get(2).isOpen()).isTrue();
    assertThat(ended("replaced")).isEqualTo(1);
  }

  @Test
  void fullPort_keepsWhoHasShownAKey() {
    fillWithKeys("acme", "other", "third");
    now += TimeUnit.HOURS.toNanos(1);

    assertThat(accept(new Peer("198.51.100.1")).isServed()).isFalse();
    assertThat(refused("port")).isEqualTo(1);
  }

  @Test
  void organization_keepsItsShareOfAFullPort_andNoMore() {
    List<Peer> all = fillWithKeys("acme");
    assertThat(accept(new Peer("198.51.100.1")).isServed()).isFalse();

    now += TimeUnit.SECONDS.toNanos(1);
    Peer other = accept(new Peer("198.51.100.1"));

    assertThat(other.isServed()).isTrue();
    showKey(other, "other");
    assertThat(all.subList(0, 8)).allMatch(Peer::isOpen);
    assertThat(all.get(8).isOpen()).isFalse();
    assertThat(all.subList(9, 20)).allMatch(Peer::isOpen);
    assertThat(ended("organization")).isEqualTo(1);
    assertThat(ended("replaced")).isZero();

    // Until nothing but shares is left.
    for (int i = 0; i < 11; i++) {
      Peer next = accept(new Peer("203.0.113." + i));
      assertThat(next.isServed()).isTrue();
      showKey(next, i < 7 ? "other" : "third");
    }
    assertThat(all.subList(0, 8)).allMatch(Peer::isOpen);
    assertThat(all.subList(8, 20)).noneMatch(Peer::isOpen);
    assertThat(accept(new Peer("203.0.113.99")).isServed()).isFalse();
  }

  @Test
  void connectionBeyondAShare_keepsItsPlace_onceTheShareHasRoom() {
    List<Peer> all = fillWithKeys("acme");
    all.get(0).close();
    showKey(all.get(10), "acme");
    // The one that has just closed left room for this.
    accept(new Peer("198.51.100.1"));
    now += TimeUnit.SECONDS.toNanos(1);

    for (int i = 0; i < 11; i++) {
      assertThat(accept(new Peer("203.0.113." + i)).isServed()).isTrue();
    }

    assertThat(all.get(10).isOpen()).isTrue();
    assertThat(all.get(8).isOpen()).isFalse();
    assertThat(ended("organization")).isEqualTo(11);
  }

  @Test
  void connectionBeyondAShare_isNotIdleWithoutAKey() {
    List<Peer> all = fillWithKeys("acme");
    now += IDLE.toNanos();

    for (Peer peer : all) {
      peer.advanceTimeBy(IDLE.toNanos(), TimeUnit.NANOSECONDS);
      peer.runScheduledPendingTasks();
    }

    assertThat(all).allMatch(Peer::isOpen);
    assertThat(ended("idle")).isZero();
  }

  /** What counts is the organization of the first key that has room. */
  @Test
  void connectionOfSeveralOrganizations_countsForOne_andItsEndGivesThePlaceBack() {
    Peer peer = accept(new Peer("192.0.2.1"));
    showKey(peer, "acme");
    showKey(peer, "other");
    peer.close();
    showKey(peer, "acme");

    fillWithKeys("acme", "other", "third");
    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(accept(new Peer("198.51.100.1")).isServed()).isFalse();
    assertThat(ended("organization")).isZero();
  }

  @Test
  void trustedConnections_haveNoShareOfAnOrganization() {
    List<Peer> all = accepted(TRUSTED, 22);
    all.forEach(peer -> showKey(peer, "acme"));
    now += TimeUnit.SECONDS.toNanos(1);

    assertThat(accept(new Peer(TRUSTED)).isServed()).isFalse();
    assertThat(all).allMatch(Peer::isOpen);
  }

  /** As behind a load balancer that passes on whole connections. */
  @Test
  void portThatIsFullOfTrustedConnections_endsTheOldestWithoutAKey_forAnotherTrustedOne() {
    List<Peer> all = accepted(TRUSTED, 22);
    showKey(all.get(0), "acme");
    now += TimeUnit.SECONDS.toNanos(1);

    assertThat(accept(new Peer("192.0.2.1")).isServed()).isFalse();
    assertThat(all).allMatch(Peer::isOpen);
    assertThat(accept(new Peer(TRUSTED)).isServed()).isTrue();

    assertThat(all.get(0).isOpen()).isTrue();
    assertThat(all.get(1).isOpen()).isFalse();
    assertThat(all.get(2).isOpen()).isTrue();
    assertThat(ended("replaced")).isEqualTo(1);
  }

  @Test
  void trustedConnection_isNotEnded_whileThereIsAnotherWithoutAKey() {
    List<Peer> trusted = accepted(TRUSTED, 18);
    Peer stranger = accept(new Peer("192.0.2.1"));
    trusted.addAll(accepted(TRUSTED, 2));
    now += TimeUnit.SECONDS.toNanos(1);

    trusted.add(accept(new Peer(TRUSTED)));

    assertThat(trusted).hasSize(21).allMatch(Peer::isServed).allMatch(Peer::isOpen);
    assertThat(stranger.isOpen()).isTrue();
    assertThat(accept(new Peer(TRUSTED)).isServed()).isTrue();
    assertThat(stranger.isOpen()).isFalse();
    assertThat(trusted).allMatch(Peer::isOpen);
  }

  @Test
  void connectionWithoutAKey_endsWhenItIsIdle() {
    Peer silent = accept(new Peer("192.0.2.1"));
    Peer halfPreface = accept(new Peer("192.0.2.1"));
    halfPreface.writeInbound(Unpooled.copiedBuffer("PRI * HT", StandardCharsets.US_ASCII));
    Peer withKey = accept(new Peer("192.0.2.1"));
    showKey(withKey, "acme");
    Peer http1 = accept(new Peer("192.0.2.1"));
    http1.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n", StandardCharsets.US_ASCII));

    pass(IDLE.minusMillis(1), silent, halfPreface, withKey, http1);
    assertThat(Stream.of(silent, halfPreface, withKey, http1)).allMatch(Peer::isOpen);

    pass(Duration.ofMillis(1), silent, halfPreface, withKey, http1);
    assertThat(Stream.of(silent, halfPreface)).noneMatch(Peer::isOpen);
    assertThat(Stream.of(withKey, http1)).allMatch(Peer::isOpen);
    assertThat(ended("idle")).isEqualTo(2);
  }

  @Test
  void missingDescriptors_pauseTheAccepting() {
    listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));

    assertThat(listening.config().isAutoRead()).isFalse();
    listening.advanceTimeBy(1, TimeUnit.SECONDS);
    listening.runScheduledPendingTasks();
    assertThat(listening.config().isAutoRead()).isTrue();
    assertThat(refused("descriptors")).isEqualTo(1);
  }

  private List<Peer> fill() {
    return IntStream.range(0, 20).mapToObj(i -> accept(new Peer("192.0.2." + i))).toList();
  }

  /** Keys of these organizations, eight each and the last one for all that are left. */
  private List<Peer> fillWithKeys(String... organizations) {
    List<Peer> all = fill();
    for (int i = 0; i < all.size(); i++) {
      showKey(all.get(i), organizations[Math.min(i / 8, organizations.length - 1)]);
    }
    return all;
  }

  private void showKey(Peer peer, String organization) {
    connections.authenticated(peer.remoteAddress(), organization);
  }

  private List<Peer> accepted(String address, int count) {
    return Stream.generate(() -> accept(new Peer(address)))
        .limit(count)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private Peer accept(Peer peer) {
    listening.writeInbound(peer);
    if (listening.readInbound() != null) {
      peer.serve();
    }
    return peer;
  }

  private void pass(Duration time, Peer... peers) {
    now += time.toNanos();
    for (Peer peer : peers) {
      peer.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
      peer.runScheduledPendingTasks();
    }
  }

  private double refused(String reason) {
    return meters.connectionsRefused("rest", reason).count();
  }

  private double ended(String reason) {
    return meters.connectionsEnded("rest", reason).count();
  }

  /** A connection from an address. */
  private final class Peer extends EmbeddedChannel {

    private final SocketAddress address;
    private boolean served;

    Peer(String address) {
      super(DefaultChannelId.newInstance(), false, false);
      this.address = new InetSocketAddress(address, nextPort++);
    }

    @Override
    public SocketAddress remoteAddress() {
      return address;
    }

    private void serve() {
      try {
        register();
        freezeTime();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      served = true;
    }

    boolean isServed() {
      runPendingTasks();
      return served;
    }

    @Override
    public boolean isOpen() {
      if (served) {
        runPendingTasks();
      }
      return super.isOpen();
    }
  }
}
