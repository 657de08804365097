package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.InMemoryStores;
import dev.workflowsteps.server.RevocableTrust;
import dev.workflowsteps.server.TestCa;
import dev.workflowsteps.server.TlsClient;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.grpc.GrpcTls;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import io.netty.handler.ssl.OpenSsl;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients with certificates on the gRPC port, with OpenSSL, which only this module has. */
class ClientCertificatesTest {

  private static final TestCa CA = new TestCa();

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void clientThatIsTrustedNoMore_isOut_alsoWithASession(String version) {
    assertThat(OpenSsl.isAvailable()).isTrue();
    RevocableTrust trust = new RevocableTrust();
    Meters meters = new Meters(new BuildInfo("1", "17"));
    GrpcTls tls = new GrpcTls(TestCa.keyManagers(CA.sign("steps.test")), Optional.of(trust));
    try (Readiness readiness = new Readiness();
        GrpcServer server =
            new GrpcServer(
                Settings.load(Map.of("grpc-port", "0"), Map.of()),
                new InMemoryStores().all(),
                Clock.systemUTC(),
                readiness,
                meters,
                Optional.of(tls))) {
      server.start();
      SSLContext client = CA.trusting(CA.sign("acme"));
      assertThat(TlsClient.isAccepted(client, server.port(), version)).isTrue();
      assertThat(TlsClient.isAccepted(client, server.port(), version)).isTrue();
      assertThat(trust.decisions()).isEqualTo(2);

      trust.revoke();

      assertThat(TlsClient.isAccepted(client, server.port(), version)).isFalse();
    } finally {
      meters.close();
    }
  }
}
