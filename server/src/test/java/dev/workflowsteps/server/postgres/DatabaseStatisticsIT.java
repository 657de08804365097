package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseStatisticsIT {

  static final String UP = "workflow_steps_database_statistics_up";

  @Test
  void statistics_areThoseOfTheReadme_andOfEachTable() throws Exception {
    try (TestDatabase.Open open = TestDatabase.open();
        Connection oldest = open.connect();
        Connection owner = open.connect()) {
      oldest.setAutoCommit(false);
      TestDatabase.execute(oldest, "SELECT 1");
      new StepRecorder(open.database().stores().stepWriter())
          .record("acme", List.of(AStep.named("a").build()), Call.within(Duration.ofSeconds(10)));
      TestDatabase.execute(owner, "VACUUM step");

      MetricSnapshots read = read(open.database().statistics());

      assertThat(names(read)).containsExactlyInAnyOrderElementsOf(documented());
      assertThat(value(read, UP, "")).isEqualTo(1);
      assertThat(value(read, "workflow_steps_database_size_bytes", "")).isPositive();
      assertThat(value(read, "workflow_steps_database_longest_transaction_seconds", ""))
          .isPositive();
      assertThat(value(read, "workflow_steps_table_size_bytes", "step")).isPositive();
      assertThat(value(read, "workflow_steps_table_vacuum_age_seconds", "step")).isBetween(0., 60.);
      for (String table : Citus.tables()) {
        assertThat(value(read, "workflow_steps_table_rows_inserted", table)).isNotNegative();
      }
    }
  }

  @Test
  void lockedTable_hidesNothingButTheTables() throws Exception {
    try (TestDatabase.Open open = TestDatabase.open();
        Connection owner = open.connect()) {
      owner.setAutoCommit(false);
      TestDatabase.execute(owner, "LOCK TABLE step IN ACCESS EXCLUSIVE MODE");

      MetricSnapshots read = read(open.database().statistics());

      assertThat(names(read))
          .contains("workflow_steps_database_longest_transaction_seconds")
          .allMatch(name -> name.startsWith("workflow_steps_database_"));
      assertThat(value(read, UP, "")).isZero();
    }
  }

  @Test
  void scrapes_readAtMostEveryHalfMinute_andAreToldIfTheDatabaseIsAway() throws Exception {
    DatabaseUrl away =
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/x", Optional.empty(), Optional.empty());
    try (TestDatabase.Open open = TestDatabase.open()) {
      CheckedDataSource source =
          new CheckedDataSource(open.url(), "statistics", 2, true, new Citus());
      AtomicLong now = new AtomicLong();
      try (DatabaseStatistics statistics = new DatabaseStatistics(source, now::get)) {
        MetricSnapshots first = read(statistics);
        source.use(away);

        now.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(statistics.collect()).isSameAs(first);
        assertThat(statistics.collect()).isSameAs(first);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        await().until(() -> statistics.collect().size() == 1);
        assertThat(value(statistics.collect(), UP, "")).isZero();
      }
    }
  }

  /** Waits for the reading that the first scrape begins. */
  static MetricSnapshots read(MultiCollector statistics) {
    await().until(() -> statistics.collect().size() > 0);
    return statistics.collect();
  }

  static List<String> names(MetricSnapshots read) {
    return read.stream().map(DatabaseStatisticsIT::name).toList();
  }

  /** As Prometheus gets it. */
  private static String name(MetricSnapshot metric) {
    boolean counts = metric.getDataPoints().get(0) instanceof CounterDataPointSnapshot;
    return metric.getMetadata().getName() + (counts ? "_total" : "");
  }

  static double value(MetricSnapshots read, String name, String table) {
    return read.stream()
        .filter(metric -> metric.getMetadata().getName().equals(name))
        .flatMap(metric -> metric.getDataPoints().stream())
        .filter(point -> table.isEmpty() || table.equals(point.getLabels().get("table")))
        .mapToDouble(DatabaseStatisticsIT::value)
        .findFirst()
        .orElseThrow();
  }

  private static double value(DataPointSnapshot point) {
    return point instanceof CounterDataPointSnapshot counter
        ? counter.getValue()
        : ((GaugeDataPointSnapshot) point).getValue();
  }

  private static List<String> documented() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("README.md"))) {
      return lines
          .filter(line -> line.matches("\\| `workflow_steps_(table|database)_.*"))
          .map(line -> line.split("`")[1])
          .toList();
    }
  }
}
