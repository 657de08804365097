package dev.workflowsteps.adapter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.RevocableTrust;
import dev.workflowsteps.server.TestCa;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers with certificates. */
class UpstreamTlsTest {

  private static final TestCa CA = new TestCa();
  private static final TestCa OTHER_CA = new TestCa();

  private final List<FakeServer> fakes = new ArrayList<>();
  private UpstreamServers servers;

  @AfterEach
  void stop() {
    if (servers != null) {
      servers.close();
    }
    fakes.forEach(FakeServer::close);
  }

  @Test
  void serverWithACertificateForItsName_getsCalls() throws Exception {
    FakeServer server = fake(CA.sign("steps.test"), ClientAuth.NONE);
    start("steps.test", server, new UpstreamTls(Optional.of(trust(CA)), Optional.empty()));
    await().until(() -> servers.serving() == 1);

    byte[] unused =
        servers
            .next()
            .orElseThrow()
            .calls()
            .call(FakeServer.READ, new byte[0], new Metadata(), CallOptions.DEFAULT)
            .get()
            .message();

    assertThat(server.calls).hasValue(1);
  }

  @Test
  void certificateForAnotherName_isNoTls() {
    start(
        "other.test",
        fake(CA.sign("steps.test"), ClientAuth.NONE),
        new UpstreamTls(Optional.of(trust(CA)), Optional.empty()));

    awaitProblem("no TLS with other.test:", "; check its tls-certificate, and upstream-ca and");
  }

  @Test
  void certificateOfAnotherCa_isNoTls() {
    start(
        "steps.test",
        fake(CA.sign("steps.test"), ClientAuth.NONE),
        new UpstreamTls(Optional.of(trust(OTHER_CA)), Optional.empty()));

    awaitProblem("no TLS with steps.test:", "path");
  }

  /** By itself Java trusts none of a test. */
  @Test
  void withoutAFile_javasOwnCasDecide() {
    start(
        "steps.test",
        fake(CA.sign("steps.test"), ClientAuth.NONE),
        new UpstreamTls(Optional.empty(), Optional.empty()));

    awaitProblem("no TLS with steps.test:", "path");
  }

  @Test
  void serverThatDemandsACertificate_getsOurs() {
    start(
        "steps.test",
        fake(CA.sign("steps.test"), ClientAuth.REQUIRE),
        new UpstreamTls(
            Optional.of(trust(CA)), Optional.of(TestCa.keyManagers(CA.sign("rest.test")))));

    await().until(() -> servers.serving() == 1);
  }

  @Test
  void serverThatDemandsACertificate_servesNobodyWithout() {
    start(
        "steps.test",
        fake(CA.sign("steps.test"), ClientAuth.REQUIRE),
        new UpstreamTls(Optional.of(trust(CA)), Optional.empty()));

    awaitProblem("steps.test:", "check ");
    assertThat(servers.serving()).isZero();
  }

  /** A session that is resumed would skip it, whatever the CAs are now. */
  @Test
  void certificateOfTheServer_isCheckedByEveryConnection() throws Exception {
    FakeServer server =
        fake(
            new FakeServer(
                Optional.of(
                    GrpcSslContexts.configure(
                            SslContextBuilder.forServer(TestCa.keyManagers(CA.sign("steps.test"))))
                        .protocols("TLSv1.2")
                        .build())));
    RevocableTrust trust = new RevocableTrust();
    SslContext context = new UpstreamTls(Optional.of(trust), Optional.empty()).context();

    for (int connection = 1; connection <= 3; connection++) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).sslContext(context).build();
      HealthCheckResponse unused =
          HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
      channel.shutdownNow();

      assertThat(trust.decisions()).isEqualTo(connection);
    }
  }

  private void awaitProblem(String... parts) {
    await().untilAsserted(() -> assertThat(servers.problem().orElseThrow()).contains(parts));
  }

  private FakeServer fake(X509Bundle identity, ClientAuth clients) {
    return fake(new FakeServer(Optional.of(context(identity, clients))));
  }

  private FakeServer fake(FakeServer server) {
    fakes.add(server);
    return server;
  }

  private static SslContext context(X509Bundle identity, ClientAuth clients) {
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forServer(TestCa.keyManagers(identity)))
          .trustManager(CA.root().toTrustManager())
          .clientAuth(clients)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void start(String name, FakeServer server, UpstreamTls tls) {
    servers =
        UpstreamServers.start(
            List.of(InetSocketAddress.createUnresolved(name, server.port())),
            Optional.of(tls),
            host -> new InetAddress[] {InetAddress.getLoopbackAddress()});
  }

  private static X509ExtendedTrustManager trust(TestCa ca) {
    return (X509ExtendedTrustManager) ca.root().toTrustManager();
  }
}
