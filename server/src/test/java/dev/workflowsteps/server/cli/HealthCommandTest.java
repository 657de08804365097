package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.ops.AdminServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Check;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthCommandTest {

  private static final BuildInfo BUILD = new BuildInfo("1.2.3", "17.0.1");

  private final InMemoryProgram program = new InMemoryProgram();
  private final Meters meters = new Meters(BUILD);
  private final Readiness readiness = new Readiness();
  private AdminServer server = start("127.0.0.1");

  private AdminServer start(String host) {
    return AdminServer.start(host, 0, List.of(), meters.registry(), readiness, BUILD);
  }

  @AfterEach
  void close() {
    server.close();
    readiness.close();
    meters.close();
  }

  @Test
  void health_ready_printsTheChecks() {
    becomeReady();

    assertThat(run()).isZero();
    assertThat(program.data()).isEqualTo("database ok\n");
    assertThat(program.words()).isEmpty();
  }

  @Test
  void health_notReady_failsAndSaysWhyOnStderr() {
    assertThat(run()).isEqualTo(1);
    assertThat(program.data()).isEmpty();
    assertThat(program.words()).startsWith("starting");
  }

  @Test
  void health_live_asksOnlyForTheProcess() {
    assertThat(run("--live")).isZero();
    assertThat(program.data()).isEqualTo("ok\n");
  }

  @Test
  void health_wait_asksUntilItIsReady() {
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> run("--wait", "60s"));
    becomeReady();

    assertThat(exit.join()).isZero();
    assertThat(program.data()).isEqualTo("database ok\n");
  }

  @Test
  void health_serverOnAllAddresses_isAskedOnLoopback() {
    server.close();
    server = start("0.0.0.0");
    becomeReady();

    assertThat(run("--admin-host", "0.0.0.0")).isZero();
  }

  @Test
  void health_nobodyListens_namesTheSettings() {
    int port = server.address().port();
    server.close();

    assertThat(program.run("health", "--admin-port", Integer.toString(port))).isEqualTo(1);
    assertThat(program.words())
        .startsWith("No response of 127.0.0.1:" + port + " (")
        .contains("admin-host and admin-port")
        .hasLineCount(1);
  }

  @Test
  void health_unreadableDuration_isAUsageError() {
    assertThat(run("--wait", "60")).isEqualTo(2);
    assertThat(program.words()).contains("60 (expected: a number with ms, s, m, h or d)");
  }

  private void becomeReady() {
    readiness.begin(List.of(new Check("database", Optional::empty)));
  }

  private int run(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "health";
    arguments[1] = "--admin-port";
    arguments[2] = Integer.toString(server.address().port());
    System.arraycopy(options, 0, arguments, 3, options.length);
    return program.run(arguments);
  }
}
