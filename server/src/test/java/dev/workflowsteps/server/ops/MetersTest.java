package dev.workflowsteps.server.ops;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.postgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetersTest {

  private static final Pattern FAMILY = Pattern.compile("^# TYPE (\\S+) ", Pattern.MULTILINE);
  private static final Pattern ROW = Pattern.compile("^\\| `([a-z_0-9]+)` \\|", Pattern.MULTILINE);

  /** Only collectors that work beside the program have it. */
  private static final String CONCURRENT_GC = "jvm_gc_concurrent_phase_time_seconds";

  private final Meters meters = new Meters(new BuildInfo("1.2.3", "17.0.1"));

  @AfterEach
  void close() {
    meters.close();
  }

  /** Those of a database that is read have a test beside a database. */
  @Test
  void meters_areThoseOfTheReadme() throws IOException {
    meters.ready(() -> true);
    meters.check("database", () -> true);
    meters.certificateEnd(Setting.TLS_CERTIFICATE, () -> Instant.EPOCH);
    meters.disk(Path.of("."));
    meters.callsLimit("read", 10);
    meters.wrongKeys(this, test -> 1, test -> 1);
    meters.data().cursors("token").increment();
    meters.data().documents("step", "new").increment();
    meters.rpc("workflows.v1.WorkflowStepsService/ListWorkflowSteps", "OK").record(3, MILLISECONDS);
    meters.http("/v1/workflows/steps", "GET", 200).record(3, MILLISECONDS);
    meters.upstreamServers("serving", () -> 1);
    meters.upstreamRetries("succeeded").increment();
    meters.postgresRestarts(this, test -> 1);
    meters.calls("read", "waiting", () -> 1);
    meters.refusals("waited").increment();
    meters.refusalsHeld(1);
    meters.memory("answers", () -> 1, 2);
    meters.connections("grpc", () -> 1, 2);
    meters.connectionsRefused("grpc", "port").increment();
    meters.connectionsEnded("grpc", "idle").increment();
    collectGarbage();

    Set<String> scraped = familiesWithADatabase();
    scraped.add(CONCURRENT_GC);
    Set<String> documented = documented();
    documented.removeIf(name -> name.matches("workflow_steps_(table|database)_.*"));
    assertThat(scraped).isEqualTo(documented);
  }

  /** What promtool check metrics wants of names. */
  @Test
  void names_haveBaseUnits_andNoSuffixOfAnotherType() {
    Pattern type = Pattern.compile("^# TYPE (\\S+) (counter|gauge)$", Pattern.MULTILINE);
    assertThat(type.matcher(meters.registry().scrape()).results().map(family -> family.group(1)))
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(List.of(name.split("_")))
                    .doesNotContain("ns", "us", "ms", "sec", "kb", "mb")
                    .last()
                    .isNotIn("count", "sum", "bucket"));
  }

  @Test
  void rpc_countsIntoBuckets() {
    meters.rpc("service/Method", "OK").record(3, MILLISECONDS);
    meters.rpc("service/Method", "OK").record(20, MILLISECONDS);

    String series = "workflow_steps_rpc_seconds_bucket{code=\"OK\",method=\"service/Method\",le=";
    assertThat(meters.registry().scrape())
        .contains(series + "\"0.002\"} 0", series + "\"0.005\"} 1", series + "\"0.02\"} 2");
  }

  @Test
  void rpc_sameLabels_isTheSameTimer() {
    assertThat(meters.rpc("service/Method", "OK")).isSameAs(meters.rpc("service/Method", "OK"));
  }

  @Test
  void requestBuckets_are14() {
    assertThat(Meters.requestBuckets()).hasSize(14).isSorted();
  }

  @Test
  void pages_haveRowsAndBytes() {
    meters.data().pageRows().record(20);
    meters.data().pageBytes().record(4096);

    assertThat(meters.registry().scrape())
        .contains(
            "workflow_steps_page_rows_sum 20.0",
            "workflow_steps_page_rows_bucket{le=\"10.0\"} 0",
            "workflow_steps_page_rows_bucket{le=\"20.0\"} 1",
            "workflow_steps_page_bytes_sum 4096.0",
            "workflow_steps_page_bytes_bucket{le=\"1024.0\"} 0",
            "workflow_steps_page_bytes_bucket{le=\"4096.0\"} 1");
  }

  @Test
  void close_closesTheRegistry() {
    meters.close();

    assertThat(meters.registry().isClosed()).isTrue();
  }

  /** The meter of pauses is there after the first, whose notice comes by another thread. */
  private void collectGarbage() {
    System.gc();
    await().until(() -> families().contains("jvm_gc_pause_seconds"));
  }

  /** Also those of the pools, which a database has while it is open, even if it is away. */
  private Set<String> familiesWithADatabase() {
    DatabaseUrl away =
        new DatabaseUrl("jdbc:postgresql://127.0.0.1:1/x", Optional.empty(), Optional.empty());
    try (Database database = new Database(away, 1, meters.registry())) {
      return families();
    }
  }

  private Set<String> families() {
    var names = new TreeSet<String>();
    FAMILY
        .matcher(meters.registry().scrape())
        .results()
        .map(family -> family.group(1))
        .filter(name -> !name.endsWith("_max"))
        .forEach(names::add);
    return names;
  }

  private static Set<String> documented() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String table =
        readme.substring(readme.indexOf("<!-- meters -->"), readme.indexOf("<!-- /meters -->"));
    Matcher rows = ROW.matcher(table);
    var names = new TreeSet<String>();
    while (rows.find()) {
      names.add(rows.group(1));
    }
    return names;
  }
}
