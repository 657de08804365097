package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class PortsTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Ports.class);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    LOG.addAppender(logged);
  }

  @AfterEach
  void close() {
    LOG.detachAppender(logged);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost"})
  void plaintext_onLoopback_needsNothing(String host) {
    check(Map.of("rest-host", host, "grpc-host", host));

    assertThat(logged.list).isEmpty();
  }

  /** A name without an address is none either. */
  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "::", "0", "10.1.2.3", "192.0.2.1", "2001:db8::1", "a.invalid"})
  void plaintext_beyondLoopback_isRefused_withItsRemedies(String host) {
    assertThatThrownBy(() -> check(Map.of("grpc-host", host)))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessage(
            "grpc-host "
                + host
                + ": keys and data cross the network unencrypted. Give a certificate with"
                + " tls-certificate and tls-key, listen on 127.0.0.1, or permit it with"
                + " allow-plaintext=true");
    assertThatThrownBy(() -> check(Map.of("rest-host", host, "grpc-host", host)))
        .hasMessageStartingWith("rest-host " + host + ", grpc-host " + host + ": ");
  }

  @Test
  void plaintext_thatIsAllowed_isAWarning() {
    check(Map.of("rest-host", "0.0.0.0", "allow-plaintext", "true"));

    assertThat(logged.list)
        .extracting(ILoggingEvent::toString)
        .containsExactly(
            "[WARN] rest-host 0.0.0.0: keys and data cross the network unencrypted"
                + " (allow-plaintext); tls-certificate and tls-key would encrypt them");
  }

  @Test
  void tls_mayBeAnywhere() {
    check(Map.of("rest-host", "0.0.0.0", "tls-certificate", "tls.crt", "tls-key", "tls.key"));

    assertThat(logged.list).isEmpty();
  }

  @Test
  void adminPort_isNobodysConcern() {
    check(Map.of("admin-host", "0.0.0.0"));

    assertThat(logged.list).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "localhost:1", "[::1]:1,127.0.0.1:2"})
  void upstreams_onLoopback_mayBePlaintext(String upstreams) {
    Ports.warnOfPlaintextUpstreams(settings(Map.of("upstream", upstreams)));

    assertThat(logged.list).isEmpty();
  }

  /** It is not refused: the servers there have been permitted to speak plaintext. */
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void upstreams_beyondLoopback_areOneWarning_withItsRemedy(String allowPlaintext) {
    Ports.warnOfPlaintextUpstreams(
        settings(
            Map.of(
                "upstream",
                "127.0.0.1:1,10.1.2.3:50051,a.invalid:50051",
                "allow-plaintext",
                allowPlaintext)));

    assertThat(logged.list)
        .extracting(ILoggingEvent::toString)
        .containsExactly(
            "[WARN] upstream 10.1.2.3:50051, a.invalid:50051: keys and data cross the network"
                + " unencrypted; upstream-tls=true would encrypt them, and needs tls-certificate"
                + " there");
  }

  @Test
  void upstreams_withTls_mayBeAnywhere() {
    Ports.warnOfPlaintextUpstreams(
        settings(Map.of("upstream", "10.1.2.3:50051", "upstream-tls", "true")));

    assertThat(logged.list).isEmpty();
  }

  @Test
  void possible_isAnAddressOfThisMachine_evenInUse() throws IOException {
    try (ServerSocket inUse = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(inUse.getLocalPort());
      Ports.requirePossible(settings(Map.of("rest-port", port)), Ports.REST);
    }
    Ports.requirePossible(settings(Map.of("rest-port", "0")), Ports.REST);
  }

  /** The server may get all addresses of the machine, where it had one. */
  @Test
  void possible_isEveryAddress_whereThePortIsInUseOnOne() throws IOException {
    try (ServerSocket inUse = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
      String port = Integer.toString(inUse.getLocalPort());
      Ports.requirePossible(
          settings(Map.of("rest-host", "0.0.0.0", "rest-port", port)), Ports.REST);
    }
  }

  /** Whoever listens there is another user. */
  @Test
  void inUse_isNoPortThatNeedsAPrivilege_norOneOfAnotherMachine() {
    assertThat(Ports.isInUse("127.0.0.1", "Address already in use")).isTrue();
    assertThat(Ports.isInUse("127.0.0.1", "Permission denied")).isFalse();
    assertThat(Ports.isInUse("192.0.2.1", "Cannot assign requested address")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, (", "a.invalid, (unknown host a.invalid)"})
  void possible_isNoAddressOfAnotherMachine(String host, String cause) {
    assertThatThrownBy(() -> Ports.requirePossible(settings(Map.of("rest-host", host)), Ports.REST))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageStartingWith("rest-host, rest-port: can't listen on port 8080 of " + host)
        .hasMessageContaining(cause);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "localhost, 127.0.0.1",
    "a.invalid, a.invalid",
    "0.0.0.0, 127.0.0.1",
    "127.0.0.1, ::",
    "127.0.0.1, 0:0:0:0:0:0:0:0",
    "0, 127.0.0.1",
  })
  void twoEqualPorts_areRefused(String rest, String grpc) {
    Settings equal =
        settings(Map.of("rest-host", rest, "grpc-host", grpc, "rest-port", "9", "grpc-port", "9"));

    assertThatThrownBy(() -> Ports.requireFree(equal, List.of(Ports.REST, Ports.GRPC)))
        .isInstanceOf(StartupException.class)
        .hasMessage("rest-port, grpc-port: both are 9; choose another one for one of them");
  }

  @Test
  void equalPorts_ofTwoAddresses_orAnyFreeOnes_areDistinct() {
    List<Ports.Port> both = List.of(Ports.REST, Ports.GRPC);

    Ports.requireDistinct(settings(Map.of("rest-port", "0", "grpc-port", "0")), both);
    Ports.requireDistinct(
        settings(Map.of("rest-host", "127.0.0.2", "rest-port", "9", "grpc-port", "9")), both);
  }

  private static Settings settings(Map<String, String> settings) {
    return Settings.load(settings, Map.of());
  }

  private static void check(Map<String, String> settings) {
    Ports.requireEncryption(settings(settings), List.of(Ports.REST, Ports.GRPC));
  }
}
