package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.TestCa;
import dev.workflowsteps.server.TlsClient;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gRPC port with a certificate, over a socket. */
class GrpcTlsTest {

  private static final TestCa CA = new TestCa();
  private static final TestCa CLIENT_CA = new TestCa();
  private static final X509Bundle SERVER = CA.sign("steps.test");
  private static final int HANGS_MILLIS = 20_000;

  @TempDir private Path folder;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Edge edge;

  private void start(Map<String, String> more) throws IOException {
    Map<String, String> settings = new HashMap<>(TestCa.settings(folder, SERVER));
    settings.putAll(more);
    edge = new Edge(new InMemoryStepStore(), settings);
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    edge.close();
  }

  @Test
  void calls_areEncrypted() throws IOException {
    start(Map.of());

    assertThat(steps(channel(Optional.empty()), "acme")).isZero();
  }

  @Test
  void messageThatBegins_isChargedAsAWhole() throws IOException {
    start(Map.of());
    int length = 1 << 20;
    try (RawHttp2 client =
        new RawHttp2(
            TlsClient.handshake(CA.trusting(), edge.server.port(), "TLSv1.3", "h2"), 64 << 10)) {
      client.send(
          client.begin(
              WorkflowStepsServiceGrpc.getRecordWorkflowStepsMethod().getFullMethodName(),
              "api-key",
              edge.key("acme")),
          RawHttp2.prefix(length));

      await().until(() -> edge.held("requests") == length);
    }
  }

  @Test
  void handshake_takesTls12And13_andOnlyHttp2() throws IOException {
    start(Map.of());

    assertThat(handshake("TLSv1.3", "h2")).isEqualTo("TLSv1.3 h2");
    assertThat(handshake("TLSv1.2", "http/1.1", "h2")).isEqualTo("TLSv1.2 h2");
    assertThatThrownBy(() -> handshake("TLSv1.1", "h2")).isInstanceOf(SSLException.class);
  }

  @Test
  void plaintext_onATlsPort_isUnavailable() throws IOException {
    start(Map.of());

    assertUnavailable(
        keep(
            NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port())
                .usePlaintext()
                .build()));
  }

  @Test
  void tls_onAPlaintextPort_isUnavailable() throws IOException {
    edge = new Edge();

    assertUnavailable(channel(Optional.empty()));
  }

  @Test
  void clientsCertificate_isDemanded_butTheKeyDecidesTheOrganization() throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.crt"), CLIENT_CA.pem());
    start(Map.of("tls-client-ca", ca.toString()));
    ManagedChannel known = channel(Optional.of(CLIENT_CA.sign("acme")));
    var unused =
        stub(known, "beta")
            .recordWorkflowSteps(
                RecordWorkflowStepsRequest.newBuilder().addSteps(AStep.named("s").build()).build());

    assertThat(steps(known, "acme")).isZero();
    assertThat(steps(known, "beta")).isEqualTo(1);
    assertUnavailable(channel(Optional.empty()));
    assertUnavailable(channel(Optional.of(CA.sign("acme"))));
  }

  /** Resumed sessions would skip the check of the certificate. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void caThatIsReplaced_isOut_alsoForClientsThatHaveASession(String version) throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.crt"), CLIENT_CA.pem());
    start(Map.of("tls-client-ca", ca.toString()));
    SSLContext client = CA.trusting(CLIENT_CA.sign("acme"));
    assertThat(TlsClient.isAccepted(client, edge.server.port(), version)).isTrue();

    Files.writeString(ca, new TestCa().pem());
    // One that has no session yet sees when it is out.
    await()
        .until(
            () ->
                !TlsClient.isAccepted(
                    CA.trusting(CLIENT_CA.sign("acme")), edge.server.port(), version));

    assertThat(TlsClient.isAccepted(client, edge.server.port(), version)).isFalse();
  }

  @Test
  void newCertificate_isShownInNewHandshakes_andOpenConnectionsLive() throws IOException {
    start(Map.of());
    ManagedChannel open = channel(Optional.empty());
    assertThat(steps(open, "acme")).isZero();
    assertThat(shown()).isEqualTo(SERVER.getCertificate());

    X509Bundle next = CA.sign("next.test");
    Map<String, String> unused = TestCa.settings(folder, next);

    await().until(() -> shown().equals(next.getCertificate()));
    assertThat(open.getState(false)).isEqualTo(ConnectivityState.READY);
    assertThat(steps(open, "acme")).isZero();
  }

  @Test
  void handshakeThatNeverEnds_isEnded() throws IOException {
    start(Map.of());
    byte[] part = {22, 3, 1, 1, 0, 1};

    try (Socket silent = new Socket("127.0.0.1", edge.server.port());
        Socket half = new Socket("127.0.0.1", edge.server.port())) {
      half.getOutputStream().write(part);
      for (Socket socket : List.of(silent, half)) {
        socket.setSoTimeout(HANGS_MILLIS);
        assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(100);
      }
    }
  }

  private ManagedChannel channel(Optional<X509Bundle> client) throws IOException {
    SslContextBuilder context =
        GrpcSslContexts.forClient().trustManager(CA.root().toTrustManager());
    client.ifPresent(
        own -> context.keyManager(own.getKeyPair().getPrivate(), own.getCertificatePath()));
    return keep(
        NettyChannelBuilder.forAddress("127.0.0.1", edge.server.port())
            .sslContext(context.build())
            .build());
  }

  private ManagedChannel keep(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  /** How many steps the organization has. */
  private int steps(ManagedChannel channel, String organization) {
    return stub(channel, organization)
        .listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance())
        .getDataCount();
  }

  private WorkflowStepsServiceBlockingStub stub(ManagedChannel channel, String organization) {
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(HANGS_MILLIS, TimeUnit.MILLISECONDS)
        .withInterceptors(
            MetadataUtils.newAttachHeadersInterceptor(Edge.headers(edge.key(organization))));
  }

  private void assertUnavailable(ManagedChannel channel) {
    assertThatThrownBy(() -> steps(channel, "acme"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private Certificate shown() throws IOException {
    try (SSLSocket socket = connect()) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private String handshake(String version, String... protocols) throws IOException {
    return TlsClient.agreement(CA.trusting(), edge.server.port(), version, protocols);
  }

  private SSLSocket connect() throws IOException {
    return TlsClient.connect(CA.trusting(), edge.server.port());
  }
}
