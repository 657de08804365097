package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.steps.OrganizationSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListOrganizationsCommandTest {

  private static final OrganizationSize LARGE = new OrganizationSize(1_000_000, 2, 1_581_000_000L);

  private final InMemoryProgram program = new InMemoryProgram();

  @Test
  void list_isInTheOrderOfTheNames_andSaysWhatIsNoExactNumber() {
    program.keyService.ensureOrganization("beta", true);
    program.clock.move(Duration.ofSeconds(1));
    program.keyService.ensureOrganization("acme", true);
    program.keyService.create("acme", Scope.ALL, Optional.empty());
    program.held.put("acme", LARGE);
    program.held.put("beta", new OrganizationSize(3, 1_000_000, 70));

    assertThat(list()).isZero();

    assertThat(program.data().lines())
        .containsExactly(
            "CREATED               KEYS      STEPS  ARTIFACTS           BYTES  ORGANIZATION",
            "2026-03-01T12:00:01Z     1   1000000+          2     ~1581000000  acme",
            "2026-03-01T12:00:00Z     0          3   1000000+             ~70  beta");
    assertThat(program.words()).isEmpty();
  }

  @Test
  void list_json_isAnObjectForEachOrganization() {
    program.keyService.ensureOrganization("acme", true);
    program.keyService.ensureOrganization("beta", true);
    program.held.put("beta", LARGE);

    assertThat(list("--output", "json")).isZero();

    assertThat(program.data().lines())
        .containsExactly(
            "{\"organization\":\"acme\",\"created_at\":\"2026-03-01T12:00:00Z\",\"keys\":0,\"steps\":0,\"steps_exact\":true,\"artifacts\":0,\"artifacts_exact\":true,\"bytes\":0,\"bytes_exact\":true}",
            "{\"organization\":\"beta\",\"created_at\":\"2026-03-01T12:00:00Z\",\"keys\":0,\"steps\":1000000,\"steps_exact\":false,\"artifacts\":2,\"artifacts_exact\":true,\"bytes\":1581000000,\"bytes_exact\":false}");
  }

  @Test
  void list_ofNone_isEmpty() {
    assertThat(list("--output=json")).isZero();
    assertThat(program.data()).isEmpty();
  }

  /** Page after page, each organization once. */
  @Test
  void list_ofMany_isWhole_andContinuesBehindAName() {
    List<String> names =
        IntStream.range(0, 2_000).mapToObj(number -> "o%05d".formatted(number)).toList();
    names.forEach(name -> program.keys.createOrganization(name, program.clock.instant()));

    assertThat(list()).isZero();
    assertThat(names()).isEqualTo(names);

    assertThat(list("--after", "o01997x")).isZero();
    assertThat(names()).containsExactly("o01998", "o01999");
  }

  @Test
  void list_thatNobodyReads_stopsAtOnce_andFails() {
    AtomicInteger sizes = new AtomicInteger();
    program.full = true;
    program.sizes =
        (organization, call) -> {
          sizes.incrementAndGet();
          return OrganizationSize.NOTHING;
        };
    IntStream.range(0, 3_000)
        .forEach(number -> program.keys.createOrganization("o" + number, program.clock.instant()));

    assertThat(list()).isEqualTo(1);

    assertThat(program.words())
        .isEqualToIgnoringNewLines(
            "stdout can't be written: its reader has ended, or its disk is full");
    assertThat(sizes).hasValue(1);
  }

  /** What the calls of a command are when Ctrl-C has come. */
  @Test
  void list_interrupted_saysHowToGoOn() {
    program.keyService.ensureOrganization("acme", true);
    program.keyService.ensureOrganization("beta", true);
    interruptAt("acme");

    assertThat(list()).isEqualTo(1);

    assertThat(program.words()).isEqualToIgnoringNewLines("interrupted; run this again");
    assertThat(program.closed).isEqualTo(1);

    interruptAt("beta");

    assertThat(list()).isEqualTo(1);

    assertThat(names()).containsExactly("acme");
    assertThat(program.words())
        .isEqualToIgnoringNewLines("interrupted; continue behind acme with --after acme");
  }

  private void interruptAt(String name) {
    program.sizes =
        (organization, call) -> {
          if (organization.equals(name)) {
            throw new FailedCallException(FailedCallException.Reason.CANCELLED, "user request");
          }
          return OrganizationSize.NOTHING;
        };
  }

  @Test
  void list_ofOneThatTakesTooLong_saysHowToGoOn() {
    program.keyService.ensureOrganization("acme", true);
    program.sizes =
        (organization, call) -> {
          throw new FailedCallException(FailedCallException.Reason.DEADLINE_EXCEEDED, "timeout");
        };

    assertThat(list()).isEqualTo(4);

    assertThat(program.words())
        .isEqualToIgnoringNewLines(
            "acme: the database did not count within 60 s what it holds; continue behind it with"
                + " --after acme");
  }

  private int list(String... options) {
    String[] all = new String[2 + options.length];
    all[0] = "organizations";
    all[1] = "list";
    System.arraycopy(options, 0, all, 2, options.length);
    return program.run(all);
  }

  private List<String> names() {
    return program.data().lines().skip(1).map(line -> line.replaceFirst(".* ", "")).toList();
  }
}
