package dev.workflowsteps.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The text of dashboards, rules and runbooks. That queries find data is tried beside Prometheus.
 */
class MonitoringTest {

  private static final Path MONITORING = Path.of("src/main/monitoring");
  private static final Path ALERTS = MONITORING.resolve("alerts.yaml");

  private static final Pattern METRIC =
      Pattern.compile("(?<![\\w:])(?:workflow_steps|hikaricp|jvm|process|system)_\\w+");

  /** Of a timer or summary. */
  private static final String SUFFIX = "_(bucket|count|sum|max)$";

  private static final Pattern RECORDED = Pattern.compile("\\b(?:job|instance):\\w+:\\w+");

  @ParameterizedTest
  @MethodSource("files")
  void metrics_areThoseOfTheReadme(Path file) throws IOException {
    Set<String> documented = found(Pattern.compile("(?m)^\\| `(\\w+)` \\|"), readme());

    assertThat(found(METRIC, Files.readString(file)))
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(documented).containsAnyOf(name, name.replaceFirst(SUFFIX, "")));
  }

  @ParameterizedTest
  @MethodSource("files")
  void recordedSeries_haveTheirRule(Path file) throws IOException {
    Set<String> recorded =
        found(
            Pattern.compile("- record: (\\S+)"),
            Files.readString(MONITORING.resolve("recording.yaml")));

    assertThat(recorded).containsAll(found(RECORDED, Files.readString(file)));
  }

  @Test
  void alerts_haveTheirRunbook_andACaseInWhichTheyFire() throws IOException {
    List<String> alerts =
        Pattern.compile("- alert: (\\w+)\\n((?:        .*\\n)+)")
            .matcher(Files.readString(ALERTS))
            .results()
            .map(MonitoringTest::runbook)
            .toList();
    String runbooks = Files.readString(MONITORING.resolve("runbooks.md"));
    String cases = Files.readString(Path.of("src/test/monitoring/alerts.test.yaml"));

    assertThat(alerts).isNotEmpty().doesNotHaveDuplicates();
    assertThat(found(Pattern.compile("(?m)^## (WorkflowSteps\\w+)"), runbooks))
        .containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(alerts)
        .allSatisfy(
            alert -> {
              assertThat(cases).contains("{alertname=\"" + alert + "\"");
              String section = runbooks.substring(runbooks.indexOf("## " + alert + "\n"));
              assertThat(section.substring(2).split("\n## ")[0])
                  .containsSubsequence("**Means.**", "**Look at.**", "**Do.**");
            });
  }

  /** The name of an alert whose annotation leads to the section of that name. */
  private static String runbook(MatchResult alert) {
    String name = alert.group(1);
    assertThat(alert.group(2))
        .contains("runbook_url: runbooks.md#" + name.toLowerCase(Locale.ROOT) + "\n")
        .containsPattern("severity: (page|ticket) }");
    return name;
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> dashboards = Files.list(MONITORING.resolve("dashboards"))) {
      return Stream.concat(
              dashboards.sorted(), Stream.of(ALERTS, MONITORING.resolve("recording.yaml")))
          .toList();
    }
  }
}
