package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.workflowsteps.server.auth.AuditLog;
import dev.workflowsteps.server.steps.StoredCounts;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeletionCommandsTest {

  private static final String[] RUN = {"runs", "delete", "--organization", "acme", "r1"};
  private static final String[] ORGANIZATION = {
    "organizations", "delete", "--organization", "acme"
  };

  private final InMemoryProgram program = new InMemoryProgram();

  @BeforeEach
  void something() {
    program.keyService.ensureOrganization("acme", true);
    program.deletion.runs.put("r1", new StoredCounts(2, 0, 1));
    program.deletion.runs.put("r2", new StoredCounts(1, 1, 0));
    program.deletion.organization = new StoredCounts(3, 1, 1);
  }

  @Test
  void runs_dryRun_tellsAndDeletesNothing() {
    assertThat(program.run(with(RUN, "r2", "--dry-run"))).isZero();

    assertThat(program.data().lines())
        .containsExactly(
            "r1: 2 steps, 0 large payloads, 1 artifact",
            "r2: 1 step, 1 large payload, 0 artifacts");
    assertThat(program.deletion.runs).hasSize(2);
  }

  @Test
  void json_isAnObjectForEachRunAndOrganization() {
    assertThat(program.run(with(RUN, "r2", "--dry-run", "--output=json"))).isZero();
    assertThat(program.data().lines())
        .containsExactly(
            "{\"run_id\":\"r1\",\"steps\":2,\"large_payloads\":0,\"artifacts\":1}",
            "{\"run_id\":\"r2\",\"steps\":1,\"large_payloads\":1,\"artifacts\":0}");

    assertThat(program.run(with(ORGANIZATION, "--yes", "--output=json"))).isZero();
    assertThat(program.data().lines())
        .containsExactly(
            "{\"organization\":\"acme\",\"steps\":3,\"large_payloads\":1,\"artifacts\":1,\"keys\":0}");
  }

  @Test
  void runs_yes_deletes() {
    assertThat(program.run(with(RUN, "--yes"))).isZero();

    assertThat(program.data().lines()).containsExactly("r1: 2 steps, 0 large payloads, 1 artifact");
    assertThat(program.deletion.runs).containsOnlyKeys("r2");
  }

  @Test
  void runs_someUnknown_namesThem_deletesNone() {
    assertThat(program.run(with(RUN, "r3", "r4", "--yes"))).isEqualTo(1);

    assertThat(program.words().lines())
        .containsExactly("organization acme has no run r3", "organization acme has no run r4");
    assertThat(program.deletion.runs).hasSize(2);
  }

  @Test
  void deletion_nobodyToAsk_isAUsageErrorBeforeAnythingIsOpened() {
    assertThat(program.run(RUN)).isEqualTo(2);
    assertThat(program.words()).contains("--yes: missing");
    assertThat(program.run(ORGANIZATION)).isEqualTo(2);
    assertThat(program.opened).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "Y", "yes\r\n"})
  void deletion_confirmedOnTheTerminal_isDone(String answer) {
    answer(answer);

    assertThat(program.run(ORGANIZATION)).isZero();

    assertThat(program.words())
        .contains("acme: 3 steps, 1 large payload, 1 artifact, 0 keys")
        .contains("Delete this for good? [y/N] ");
    assertThat(program.data().strip())
        .isEqualTo("acme: 3 steps, 1 large payload, 1 artifact, 0 keys");
    assertThat(program.deletion.organization).isEqualTo(StoredCounts.NONE);
  }

  @Test
  void deletionOfAnOrganization_isInTheAuditLog_fromItsBeginOn() {
    try (AuditLog audit = new AuditLog()) {
      program.run(with(ORGANIZATION, "--dry-run"));
      assertThat(audit.lines()).isEmpty();

      program.run(with(ORGANIZATION, "--yes"));

      String by = " user=" + System.getProperty("user.name");
      assertThat(audit.lines())
          .containsExactly(
              "organization deletion begun: organization=acme keys=0" + by,
              "organization deleted: organization=acme" + by);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "n\n", "yesterday\n"})
  void deletion_notConfirmed_isNotDone(String answer) {
    answer(answer);

    assertThat(program.run(RUN)).isEqualTo(1);

    assertThat(program.words()).endsWith("nothing deleted" + System.lineSeparator());
    assertThat(program.data()).isEmpty();
    assertThat(program.deletion.runs).hasSize(2);
  }

  /** Whoever reads from a terminal notices no interrupt. */
  @Test
  void deletion_interruptedAtTheQuestion_endsAtOnce_andDeletesNothing() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    program.terminal = true;
    program.input =
        new InputStream() {
          @Override
          public int read() {
            asked.countDown();
            return Uninterruptibles.awaitUninterruptibly(new CountDownLatch(1), 60, SECONDS)
                ? 0
                : -1;
          }
        };
    AtomicInteger exit = new AtomicInteger();
    Thread command = new Thread(() -> exit.set(program.run(RUN)));

    command.start();
    asked.await();
    command.interrupt();
    command.join(SECONDS.toMillis(20));

    assertThat(command.isAlive()).isFalse();
    assertThat(exit).hasValue(1);
    assertThat(program.words()).endsWith("nothing deleted" + System.lineSeparator());
    assertThat(program.deletion.runs).hasSize(2);
    assertThat(program.closed).isEqualTo(1);
  }

  @Test
  void organizations_unknown_isToldWithoutARemedyThatMakesIt() {
    assertThat(program.run("organizations", "delete", "--organization", "beta", "--yes"))
        .isEqualTo(1);

    assertThat(program.words().strip())
        .isEqualTo("organization beta does not exist; organizations list shows those that do");
  }

  @Test
  void groups_withoutACommand_nameTheirCommands() {
    assertThat(program.run("runs")).isEqualTo(2);
    assertThat(program.words()).contains("runs: no command given (expected: one of delete)");
    assertThat(program.run("keys")).isEqualTo(2);
    assertThat(program.words()).contains("(expected: one of create, list, rotate, revoke)");
  }

  private void answer(String answer) {
    program.terminal = true;
    program.input = new ByteArrayInputStream(answer.getBytes(UTF_8));
  }

  private static String[] with(String[] arguments, String... more) {
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }
}
