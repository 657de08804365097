package dev.workflowsteps.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.auth.OrganizationLimits;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitCommandTest {

  private static final String REQUESTS = "--requests-per-second";
  private static final String BYTES = "--bytes-per-second";

  private final InMemoryProgram program = new InMemoryProgram();

  @BeforeEach
  void organization() {
    program.keyService.ensureOrganization("acme", true);
  }

  @Test
  void limit_withoutOptions_onlyShows() {
    OrganizationLimits limits = new OrganizationLimits(OptionalLong.of(0), OptionalLong.empty());
    program.keys.limit("acme", limits);

    assertThat(limit()).isZero();

    assertThat(program.data().lines())
        .containsExactly("requests-per-second  0", "bytes-per-second     default");
    assertThat(program.words()).isEmpty();
    assertThat(program.keys.limits("acme")).hasValue(limits);
  }

  @Test
  void limit_setsWhatIsGiven_andKeepsTheOther() {
    assertThat(limit(REQUESTS, "50")).isZero();
    assertThat(limit(BYTES, "1000000000")).isZero();

    assertThat(program.data().lines())
        .containsExactly("requests-per-second  50", "bytes-per-second     1000000000");
    assertThat(program.keys.limits("acme"))
        .hasValue(new OrganizationLimits(OptionalLong.of(50), OptionalLong.of(1_000_000_000)));
  }

  @Test
  void limit_default_removesIt() {
    limit(REQUESTS, "50", BYTES, "1000");

    assertThat(limit(REQUESTS, "default", BYTES, "default")).isZero();

    assertThat(program.keys.limits("acme")).hasValue(OrganizationLimits.DEFAULT);
  }

  @Test
  void limit_json_isOneObject_andNullStandsForTheServersSettings() {
    assertThat(limit(REQUESTS, "50", "--output", "json")).isZero();

    assertThat(program.data())
        .isEqualToNormalizingNewlines(
            "{\"organization\":\"acme\",\"requests_per_second\":50,\"bytes_per_second\":null}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1000001", "1.5", "many", "", "99999999999999999999"})
  void limit_badNumber_isAUsageError(String text) {
    assertThat(limit(REQUESTS + "=" + text)).isEqualTo(2);

    assertThat(program.words())
        .isEqualToNormalizingNewlines(
            REQUESTS
                + ": "
                + text
                + " (expected: 0..1000000, or default)\n"
                + "See workflow-steps organizations limit --help\n");
    assertThat(program.opened).isZero();
  }

  @Test
  void limit_unknownOrganization_isToldSo() {
    for (String[] options : new String[][] {{}, {REQUESTS, "1"}}) {
      assertThat(program.run(arguments("beta", options))).isEqualTo(1);
      assertThat(program.words().strip())
          .isEqualTo("organization beta does not exist; organizations list shows those that do");
    }
  }

  private int limit(String... options) {
    return program.run(arguments("acme", options));
  }

  private static String[] arguments(String organization, String... options) {
    String[] all = new String[4 + options.length];
    all[0] = "organizations";
    all[1] = "limit";
    all[2] = "--organization";
    all[3] = organization;
    System.arraycopy(options, 0, all, 4, options.length);
    return all;
  }
}
