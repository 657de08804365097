package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.postgres.TestMigrations.BATCHES;
import static dev.workflowsteps.server.postgres.TestMigrations.CONCURRENT_INDEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactFilter;
import dev.workflowsteps.server.artifacts.ArtifactPosition;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.call.FailedCallException.Reason;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.document.Documents;
import dev.workflowsteps.server.document.ImportCounts;
import dev.workflowsteps.server.document.ImportListener;
import dev.workflowsteps.server.document.Importer;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.embedded.TestPostgres;
import dev.workflowsteps.server.listing.Anchor;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Page;
import dev.workflowsteps.server.listing.PageQuery;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AFilter;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepCounts;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredCounts;
import dev.workflowsteps.server.steps.StoredStep;
import dev.workflowsteps.server.steps.TimeRange;
import dev.workflowsteps.server.stores.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * On a Citus cluster, which the machine must have, beside a plain PostgreSQL: not among the tests
 * of a build. The coordinator's URL forbids statements on several shards.
 */
class CitusCases {

  private static final int STEPS = 60;
  private static final int CALLS_BESIDE_A_DEAD_WORKER = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static TestDatabase.Open citus;
  private static Database plain;

  @BeforeAll
  static void open() {
    citus = TestDatabase.open();
    DatabaseUrl url = TestDatabase.parsed(TestPostgres.freshDatabaseUrl());
    new Migrations(url).migrate(Optional.empty());
    plain = new Database(url, 4, new SimpleMeterRegistry());
  }

  @AfterAll
  static void close() {
    citus.close();
    plain.close();
  }

  @Test
  void tables_areDistributedByOrganization_orOnEveryNode() throws SQLException {
    assertThat(
            query(
                "SELECT string_agg(table_name || ' ' || citus_table_type || ' ' ||"
                    + " distribution_column, ', ' ORDER BY table_name::text) FROM citus_tables"))
        .isEqualTo(
            "api_key reference <none>, artifact distributed organization_id,"
                + " organization reference <none>, step distributed organization_id,"
                + " step_payload distributed organization_id, step_status reference <none>");
    assertThat(
            query(
                "SELECT count(DISTINCT colocation_id) FROM citus_tables"
                    + " WHERE citus_table_type = 'distributed'"))
        .isEqualTo("1");
  }

  /** In a schema of its own. */
  @Test
  void rowsOfAPlainDatabase_moveToTheWorkers() throws SQLException {
    String schema = "moved_" + Long.toString(System.nanoTime(), 36);
    AsOwner.execute(citus.url(), "CREATE SCHEMA " + schema);
    DatabaseUrl url =
        TestDatabase.parsed(
            System.getProperty("wfs.test.database.url") + "&currentSchema=" + schema);
    new Migrations(url).migrate(Optional.empty());
    try (Database database = new Database(url, 1, new SimpleMeterRegistry())) {
      Stores stores = database.stores();
      for (String organization : List.of("one", "two")) {
        stores.keyStore().createOrganization(organization, Instant.now());
        new KeyService(stores.keyStore(), Clock.systemUTC())
            .create(organization, Scope.ALL, Optional.empty());
        new StepRecorder(stores.stepWriter()).record(organization, steps(), call());
      }
      List<String> before = rows(database, all("two"));

      new Migrations(url).distribute(Optional.empty());

      assertThat(rows(database, all("two"))).isEqualTo(before).isNotEmpty();
      assertThat(stores.keyStore().list("one")).hasSize(1);
      for (String table : Citus.tables()) {
        assertThat(AsOwner.query(url, "SELECT pg_relation_size('" + table + "')"))
            .as(table)
            .isEqualTo("0");
      }
    }
    AsOwner.execute(citus.url(), "DROP SCHEMA " + schema + " CASCADE");
  }

  /** In a schema of its own, whose tables were distributed before steps had the time they ended. */
  @Test
  void distributedTablesOfAnEarlierVersion_areMigratedWithTheirRows() throws SQLException {
    String schema = "earlier_" + Long.toString(System.nanoTime(), 36);
    AsOwner.execute(citus.url(), "CREATE SCHEMA " + schema);
    DatabaseUrl url =
        TestDatabase.parsed(
            System.getProperty("wfs.test.database.url") + "&currentSchema=" + schema);
    EarlierSchemas.migrateTo("4", url);
    List<String> tables =
        Citus.tables().stream().filter(table -> !table.equals("api_key_use")).toList();
    for (String table : tables) {
      AsOwner.execute(
          url, "ALTER TABLE " + table + " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
    }
    for (String table : tables) {
      AsOwner.query(url, Citus.distribution(table));
    }
    for (String organization : List.of("one", "two")) {
      AsOwner.execute(url, "INSERT INTO organization VALUES ('" + organization + "', 'epoch')");
      AsOwner.execute(
          url,
          "INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type,"
              + " status, retry_count, withheld_bytes, head, outputs, inputs)"
              + " VALUES ('%1$s', 'run', 'a', 5, 'b', 'note', 'completed', 0, 0, '\\xffff', '', ''),"
                  .formatted(organization)
              + " ('%1$s', 'run', 'b', 6, 'b', 'note', 'completed', 0, 0, '\\xffff', '', '')"
                  .formatted(organization));
    }

    Migrations.Done done = new Migrations(url).migrate(Optional.empty());

    assertThat(done.filled()).isEqualTo(4);
    assertThat(done.left()).isZero();
    assertThat(AsOwner.query(url, "SELECT sum(ended_at) FROM step WHERE organization_id = 'two'"))
        .isEqualTo("11");
    AsOwner.execute(citus.url(), "DROP SCHEMA " + schema + " CASCADE");
  }

  private static Scan<StepFilter, StepPosition> all(String organization) {
    return new Scan<>(
        StepFilter.all(organization), Direction.ASCENDING, Optional.empty(), 1_000, 1 << 24);
  }

  @Test
  void plannerSettings_reachTheWorkers() throws SQLException {
    Map<String, List<String>> off =
        Map.of(
            "workflow_steps_reader", TransactionSettings.OFF_FOR_READERS,
            "workflow_steps_writer", TransactionSettings.OFF_FOR_WRITERS);
    for (String role : off.keySet()) {
      for (String setting : off.get(role)) {
        assertThat(
                AsOwner.query(
                    citus.url(),
                    role,
                    "SELECT string_agg(result, ' ') FROM run_command_on_workers('SHOW "
                        + setting
                        + "')"))
            .as("%s of %s", setting, role)
            .isEqualTo("off off");
      }
    }
  }

  @Test
  void listsOfSteps_inEveryForm_withCursors_areThoseOfPlainPostgres() {
    String organization = organization();
    for (Database each : List.of(citus.database(), plain)) {
      new StepRecorder(each.stores().stepWriter()).record(organization, steps(), call());
    }
    List<StoredStep> stored = plain.stores().stepStore().scan(all(organization), call());
    assertThat(stored).hasSizeGreaterThan(STEPS / 2);
    List<Optional<StepPosition>> places = new ArrayList<>(List.of(Optional.empty()));
    IntStream.range(0, stored.size() / 6)
        .forEach(i -> places.add(Optional.of(stored.get(6 * i).position())));

    for (StepFilter filter : AFilter.shapes(organization)) {
      for (Direction direction : Direction.values()) {
        for (Optional<StepPosition> from : places) {
          // So many rows, and their sizes are added up.
          int rows = from.isPresent() ? 7 : 1_000;
          Scan<StepFilter, StepPosition> scan = new Scan<>(filter, direction, from, rows, 1 << 24);
          assertThat(rows(citus.database(), scan)).as("%s", scan).isEqualTo(rows(plain, scan));
        }
      }
    }
  }

  @Test
  void counts_inEveryForm_areThoseOfPlainPostgres() {
    String organization = organization();
    for (Database each : List.of(citus.database(), plain)) {
      new StepRecorder(each.stores().stepWriter()).record(organization, steps(), call());
    }

    for (StepFilter filter : AFilter.shapes(organization)) {
      for (StepFilter each :
          List.of(filter, filter.withTimes(Optional.of(new TimeRange(2_000_000, 9_000_000))))) {
        assertThat(counts(citus.database(), each)).as("%s", each).isEqualTo(counts(plain, each));
      }
    }
  }

  /** Without states that no step is in: other tests add some to one database. */
  private static StepCounts counts(Database database, StepFilter filter) {
    Stores stores = database.stores();
    return new StepLister(stores.stepStore(), stores.payloadStore(), 1).count(filter, call());
  }

  private static List<String> rows(Database database, Scan<StepFilter, StepPosition> scan) {
    return database.stores().stepStore().scan(scan, call()).stream()
        .map(step -> step.position() + " " + HexFormat.of().formatHex(step.encoded().bytes()))
        .toList();
  }

  private static List<WorkflowStep> steps() {
    return IntStream.range(0, STEPS)
        .mapToObj(
            i ->
                AStep.named(i % 5 == 0 ? "step" : "step-" + i)
                    .run(i % 3 == 0 ? "run" : "run-" + i)
                    .block(i % 2 == 0 ? "block" : "block-" + i)
                    .workflow(i % 7 < 5 ? "workflow" : "workflow-" + i)
                    .type(List.of("note", "extract", "parse", "function").get(i % 4))
                    .status(List.of("running", "error", "pending", "completed").get(i / 2 % 4))
                    .startedAt(i % 11 == 0 ? null : Instant.ofEpochSecond(i / 4).toString())
                    .label("step " + i)
                    .build())
        .toList();
  }

  @Test
  void listsOfArtifacts_inEveryForm_withCursors_areThoseOfPlainPostgres() {
    String organization = organization();
    List<Artifact> artifacts =
        IntStream.range(0, STEPS)
            .mapToObj(i -> AnArtifact.of("artifact-" + i, "run", "step-" + i % 20, "it"))
            .toList();
    for (Database each : List.of(citus.database(), plain)) {
      new StepRecorder(each.stores().stepWriter())
          .record(
              organization,
              IntStream.range(0, 10)
                  .mapToObj(i -> AStep.named("step-" + i).run("run").block("block-" + i).build())
                  .toList(),
              call());
      new ArtifactRecorder(each.stores().artifactWriter()).record(organization, artifacts, call());
    }
    List<Optional<ArtifactPosition>> places = new ArrayList<>(List.of(Optional.empty()));
    plain
        .stores()
        .artifactStore()
        .byId(organization, Optional.empty(), STEPS / 5, 1 << 20, call())
        .forEach(artifact -> places.add(Optional.of(artifact.position())));

    for (Optional<String> step : given("step-3")) {
      for (Optional<String> operation : given("extraction")) {
        for (Optional<String> block : given("block-3")) {
          ArtifactFilter filter =
              new ArtifactFilter(organization, Optional.of("run"), step, operation, block);
          for (Direction direction : Direction.values()) {
            for (Optional<ArtifactPosition> from : places) {
              Scan<ArtifactFilter, ArtifactPosition> scan =
                  new Scan<>(filter, direction, from, 7, 1 << 20);
              assertThat(artifacts(citus.database(), scan))
                  .as("%s", scan)
                  .isEqualTo(artifacts(plain, scan));
            }
          }
        }
      }
    }
    assertThat(places).hasSizeGreaterThan(2);
  }

  private static List<Optional<String>> given(String value) {
    return List.of(Optional.empty(), Optional.of(value));
  }

  private static List<String> artifacts(
      Database database, Scan<ArtifactFilter, ArtifactPosition> scan) {
    return database.stores().artifactStore().scan(scan, call()).stream()
        .map(artifact -> artifact.position() + " " + HexFormat.of().formatHex(artifact.json()))
        .toList();
  }

  @Test
  void sample_isImportedWalkedAndDeletedAsOnPlainPostgres() throws Exception {
    importWalkAndDelete(() -> CitusCases.class.getResourceAsStream(Documents.DEMO));
  }

  /** The file that {@code wfs.test.citus.steps} names. */
  @Test
  void file_isImportedWalkedAndDeletedAsOnPlainPostgres() throws Exception {
    Path file = Path.of(System.getProperty("wfs.test.citus.steps"));
    importWalkAndDelete(() -> new BufferedInputStream(Files.newInputStream(file)));
  }

  private interface Input {
    InputStream open() throws Exception;
  }

  private static void importWalkAndDelete(Input input) throws Exception {
    String organization = organization();
    ImportCounts imported = imported(citus.database(), organization, input);
    assertThat(imported).isEqualTo(imported(plain, organization, input));
    assertThat(imported.added()).isPositive();
    assertThat(imported(citus.database(), organization, input).unchanged())
        .isEqualTo(imported.lines() - imported.stale());

    String walked = walk(citus.database(), organization);
    System.out.println(imported + ", walked: " + walked);
    assertThat(walked).isEqualTo(walk(plain, organization));

    assertThat(deleted(citus.database(), organization)).isEqualTo(deleted(plain, organization));
    assertThat(citus.database().stores().keyStore().organizationExists(organization)).isFalse();
    assertThat(citus.database().stores().dataDeletion().countOrganization(organization, call()))
        .isEqualTo(StoredCounts.NONE);
  }

  private static ImportCounts imported(Database database, String organization, Input input)
      throws Exception {
    try (InputStream in = input.open()) {
      return new Importer<>(
              StepReader::new, new StepRecorder(database.stores().stepWriter())::record)
          .run(organization, in, new Silent());
    }
  }

  private static final class Silent implements ImportListener {
    @Override
    public void rejected(long line, Rejection rejection) {}

    @Override
    public void progress(ImportCounts counts, long bytes) {}
  }

  /** How many steps the list has, and a digest of them in their order. */
  private static String walk(Database database, String organization) throws Exception {
    Stores stores = database.stores();
    StepLister lister = new StepLister(stores.stepStore(), stores.payloadStore(), 3_670_016);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    long steps = 0;
    Optional<Anchor> from = Optional.empty();
    do {
      Page<StoredStep> page =
          lister.list(
              new PageQuery<>(StepFilter.all(organization), Direction.ASCENDING, from, 200),
              call());
      for (StoredStep step : page.rows()) {
        digest.update(step.encoded().bytes());
        steps++;
      }
      from = page.after().map(cursor -> new Anchor(Anchor.Side.AFTER, cursor));
    } while (from.isPresent());
    return steps + " steps, SHA-256 " + HexFormat.of().formatHex(digest.digest());
  }

  private static StoredCounts deleted(Database database, String organization) {
    return database
        .stores()
        .dataDeletion()
        .deleteOrganization(organization, counts -> {}, Call.within(Duration.ofMinutes(10)));
  }

  /** Connections to the coordinator outlive it: what they lost is another server. */
  @Test
  void killedWorker_isUnavailableToItsOrganizationsOnly_andComesBackByItself() throws Exception {
    CitusCluster cluster = new CitusCluster(citus.url());
    Map<String, String> byWorker = new HashMap<>();
    while (byWorker.size() < 2) {
      String organization = organization();
      byWorker.put(cluster.workerOf(organization), organization);
    }
    String lost = byWorker.get("w1");
    String kept = byWorker.get("w2");
    for (int i = 0; i < 20; i++) {
      record(lost, "before-" + i);
      record(kept, "before-" + i);
      assertThat(count(lost)).isEqualTo(i + 1);
      assertThat(count(kept)).isEqualTo(i + 1);
    }
    assertThat(citus.database().problem()).isEmpty();
    String connections = connections();

    cluster.kill("w1");
    try {
      await().atMost(PATIENCE).until(() -> isUnavailable(() -> count(lost)));
      for (int i = 0; i < CALLS_BESIDE_A_DEAD_WORKER; i++) {
        String step = "meanwhile-" + i;
        assertUnavailable(() -> count(lost));
        assertUnavailable(() -> record(lost, step));
        record(kept, step);
        assertThat(count(kept)).isEqualTo(21 + i);
        assertThat(citus.database().stores().keyStore().organizationExists(lost)).isTrue();
        assertThat(citus.database().problem()).isEmpty();
      }
      // A key would have to be written on every node.
      KeyService keys = new KeyService(citus.database().stores().keyStore(), Clock.systemUTC());
      assertUnavailable(() -> keys.create(kept, Scope.ALL, Optional.empty()));
      assertThat(connections()).isEqualTo(connections);
    } finally {
      cluster.restart("w1");
    }

    long restarted = System.nanoTime();
    // Each connection to the coordinator has one to the worker, and notices its loss once.
    int failed = 0;
    for (int successes = 0; successes < 20; ) {
      boolean unavailable =
          isUnavailable(() -> count(lost))
              | isUnavailable(() -> record(lost, "after"))
              | isUnavailable(CitusCases::organization);
      failed += unavailable ? 1 : 0;
      successes = unavailable ? 0 : successes + 1;
    }
    System.out.printf(
        "worker back: %d rounds failed, 20 without a failure were done after %d ms%n",
        failed, Duration.ofNanos(System.nanoTime() - restarted).toMillis());
    assertThat(failed).isLessThan(20);
    assertThat(count(lost)).isEqualTo(21);
    assertThat(count(kept)).isEqualTo(20 + CALLS_BESIDE_A_DEAD_WORKER);
    assertThat(connections()).isEqualTo(connections);
  }

  /** Those of the pools, by their processes. */
  private static String connections() throws SQLException {
    return query(
        "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_activity WHERE"
            + " application_name IN ('workflow-steps readers', 'workflow-steps writers')");
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FailedCallException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  private static boolean isUnavailable(Runnable call) {
    try {
      call.run();
      return false;
    } catch (FailedCallException e) {
      assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
      return true;
    }
  }

  private static void record(String organization, String step) {
    new StepRecorder(citus.database().stores().stepWriter())
        .record(organization, List.of(AStep.named(step).build()), call());
  }

  private static int count(String organization) {
    return citus.database().stores().stepStore().scan(all(organization), call()).size();
  }

  /** The last one finds its index there, as if its note had been lost. */
  @Test
  void migrationsOfLargeTables_workOnDistributedOnes() throws SQLException {
    String organization = organization();
    for (String step : List.of("one", "two")) {
      record(organization, step);
    }
    for (String name : List.of(BATCHES, CONCURRENT_INDEX, CONCURRENT_INDEX)) {
      try {
        Migrations migrations = TestMigrations.with(name, citus.url());
        assertThat(migrations.migrate(Optional.empty()).applied()).isEqualTo(1);
        assertThat(migrations.problem()).isEmpty();
      } finally {
        AsOwner.execute(citus.url(), "DELETE FROM flyway_schema_history WHERE version = '9001'");
      }
    }
    assertThat(
            AsOwner.rows(
                citus.url(),
                "SELECT count(*) FROM step WHERE retry_count > 0 AND organization_id = '"
                    + organization
                    + "'"))
        .isEqualTo("2");
    assertThat(
            query(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = '"
                    + TestMigrations.INDEX
                    + "'::regclass"))
        .isEqualTo("t");
    AsOwner.execute(citus.url(), "DROP INDEX " + TestMigrations.INDEX);
  }

  /** One that both databases have. */
  private static String organization() {
    String name = "org-" + UUID.randomUUID();
    for (Database each : List.of(citus.database(), plain)) {
      each.stores().keyStore().createOrganization(name, Instant.now());
    }
    return name;
  }

  private static String query(String sql) throws SQLException {
    return AsOwner.query(citus.url(), sql);
  }

  private static Call call() {
    return Call.within(PATIENCE);
  }
}
