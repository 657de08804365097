package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.TestCa;
import dev.workflowsteps.server.cli.ServerCheck;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestDirectories;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code config --check} tries, on this machine. */
class ServeCheckTest {

  private static final TestCa CA = new TestCa();

  @TempDir private Path folder;
  private final Map<String, String> given = new HashMap<>();

  @ParameterizedTest
  @EnumSource(
      value = ServerCheck.Server.class,
      names = "SERVE_REST",
      mode = EnumSource.Mode.EXCLUDE)
  void settingsThatWork_haveNoProblem_andNothingIsMade(ServerCheck.Server server)
      throws IOException {
    Path data = TestDirectories.empty().resolve("data");
    given.putAll(TestCa.settings(folder, CA.sign("steps.test")));
    given.put("data-dir", data.toString());
    given.put("rest-host", "0.0.0.0");
    given.put("tls-client-ca", write("ca.crt", CA.pem()));

    assertThat(problems(server)).isEmpty();
    assertThat(data).doesNotExist();
  }

  @Test
  void everyFault_isFoundAtOnce() throws IOException {
    String certificate = write("other.crt", CA.sign("other.test").getCertificatePathPEM());
    given.putAll(TestCa.settings(folder, CA.sign("steps.test")));
    given.put("tls-certificate", certificate);
    given.put("tls-client-ca", "/nowhere/ca.crt");
    given.put("grpc-port", "8080");
    given.put("admin-host", "a.invalid");
    given.put("database-url", "postgresql://app:s3cret@127.0.0.1:1/steps");
    given.put("page-bytes", "4MiB");

    List<StartupException> problems = check(ServerCheck.Server.SERVE);

    assertThat(problems)
        .extracting(Throwable::getMessage)
        .satisfiesExactly(
            text -> assertThat(text).startsWith("rest-port, grpc-port: both are 8080"),
            text ->
                assertThat(text)
                    .startsWith("admin-host, admin-port: can't listen on port 9464 of a.invalid"),
            text ->
                assertThat(text)
                    .startsWith("tls-certificate: " + certificate + " does not begin with"),
            text -> assertThat(text).startsWith("tls-client-ca: /nowhere/ca.crt can't be read ("),
            text ->
                assertThat(text)
                    .startsWith(
                        "postgresql://app@127.0.0.1:1/steps: the database can't be reached"));
    assertThat(problems)
        .extracting(StartupException::exitCode)
        .containsExactly(
            ExitCode.CONFIGURATION,
            ExitCode.CONFIGURATION,
            ExitCode.CONFIGURATION,
            ExitCode.CONFIGURATION,
            ExitCode.DATABASE);
    assertThat(problems.toString()).doesNotContain("s3cret");
  }

  /** It would be reported as missing, or looked for in the wrong place. */
  @Test
  void whatDependsOnAFaultySetting_isNotTried() {
    given.put("database-url", "mysql://u:s3cret@db/steps");
    given.put("tls-certificate", "");
    given.put("tls-key", "/nowhere/tls.key");
    given.put("rest-host", "0.0.0.0");
    given.put("upstream", "nowhere");

    assertThat(problems(ServerCheck.Server.SERVE)).isEmpty();
    assertThat(problems(ServerCheck.Server.SERVE_REST)).isEmpty();
  }

  @Test
  void keysInPlaintext_areAProblem() {
    given.put("data-dir", TestDirectories.empty().toString());
    given.put("rest-host", "0.0.0.0");

    assertThat(problems(ServerCheck.Server.SERVE))
        .singleElement()
        .asString()
        .startsWith("rest-host 0.0.0.0: keys and data cross the network unencrypted.");
    assertThat(problems(ServerCheck.Server.SERVE_GRPC)).isEmpty();
  }

  @Test
  void keysInPlaintext_areAProblem_thoughTheHostOfAnotherServerIsFaulty() {
    given.put("data-dir", TestDirectories.empty().toString());
    given.put("rest-host", "");
    given.put("grpc-host", "0.0.0.0");

    assertThat(problems(ServerCheck.Server.SERVE_GRPC))
        .singleElement()
        .asString()
        .startsWith("grpc-host 0.0.0.0: keys and data cross the network unencrypted.");
    assertThat(problems(ServerCheck.Server.SERVE)).isEmpty();
  }

  @Test
  void directoryOfSomethingElse_isAProblem() throws IOException {
    Path directory = TestDirectories.empty();
    Files.writeString(directory.resolve("notes.txt"), "mine");
    given.put("data-dir", directory.toString());

    assertThat(problems(ServerCheck.Server.SERVE)).singleElement().asString().contains("notes.txt");
  }

  @Test
  void upstreams_areAsked_eachForItself() throws IOException {
    Server upstream =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    try {
      given.put("upstream", "127.0.0.1:" + upstream.getPort());
      assertThat(problems(ServerCheck.Server.SERVE_REST)).isEmpty();

      given.put("upstream", "127.0.0.1:" + upstream.getPort() + ",127.0.0.1:1,a.invalid:1");
      assertThat(check(ServerCheck.Server.SERVE_REST))
          .satisfiesExactlyInAnyOrder(
              e ->
                  assertThat(e)
                      .hasMessageStartingWith("upstream: no answer from 127.0.0.1:1;")
                      .extracting("exitCode")
                      .isEqualTo(ExitCode.FAILURE),
              e -> assertThat(e).hasMessageStartingWith("upstream: a.invalid:1 has no address;"));

      given.put("upstream-tls", "true");
      given.put("upstream-ca", "/nowhere/ca.crt");
      assertThat(problems(ServerCheck.Server.SERVE_REST))
          .singleElement()
          .asString()
          .startsWith("upstream-ca: /nowhere/ca.crt can't be read (");
    } finally {
      upstream.shutdownNow();
    }
  }

  @Test
  void noUpstream_isAProblem() {
    assertThat(problems(ServerCheck.Server.SERVE_REST))
        .singleElement()
        .asString()
        .startsWith("upstream: missing (expected: HOST:PORT");
  }

  private List<String> problems(ServerCheck.Server server) {
    return check(server).stream().map(Throwable::getMessage).toList();
  }

  private List<StartupException> check(ServerCheck.Server server) {
    return ServeCheck.problems(server, Settings.check(given, Map.of()), false);
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }
}
