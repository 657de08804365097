package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.OwnThread;
import dev.workflowsteps.server.artifacts.AnArtifact;
import dev.workflowsteps.server.artifacts.Artifact;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.KeyStore;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.DataDeletion;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.StoredCounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresDataDeletionIT {

  private static final String LARGE = '"' + "x".repeat(70_000) + '"';

  private static TestDatabase.Open database;

  private final String acme = "acme-" + UUID.randomUUID();
  private final String beta = "beta-" + UUID.randomUUID();
  private final KeyService keys =
      new KeyService(database.database().stores().keyStore(), Clock.systemUTC());
  private final DataDeletion deletion = database.database().stores().dataDeletion();

  @BeforeAll
  static void open() {
    database = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void twoOrganizationsWithTheSame() {
    for (String organization : List.of(acme, beta)) {
      keys.ensureOrganization(organization, true);
      keys.create(organization, Scope.ALL, Optional.empty());
      record(organization, "run-1", 3);
      record(organization, "run-2", 2);
    }
  }

  @Test
  void deleteRun_takesAllOfItAndNothingElse() {
    StoredCounts run = new StoredCounts(3, 3, 3);
    assertThat(deletion.countRun(acme, "run-1", call())).isEqualTo(run);

    assertThat(deletion.deleteRun(acme, "run-1", call())).isEqualTo(run);

    assertThat(deletion.countRun(acme, "run-1", call())).isEqualTo(StoredCounts.NONE);
    assertThat(deletion.countRun(acme, "run-2", call())).isEqualTo(new StoredCounts(2, 2, 2));
    assertThat(deletion.countOrganization(beta, call())).isEqualTo(new StoredCounts(5, 5, 5));
    assertThat(deletion.deleteRun(acme, "run-1", call())).isEqualTo(StoredCounts.NONE);
  }

  @Test
  void deleteRun_artifactsWithoutTheirSteps_goToo() {
    new ArtifactRecorder(database.database().stores().artifactWriter())
        .record(acme, List.of(AnArtifact.of("alone", "run-9", "s", "1")), call());

    assertThat(deletion.deleteRun(acme, "run-9", call())).isEqualTo(new StoredCounts(0, 0, 1));
  }

  @Test
  void deleteOrganization_takesAllOfItAndNothingElse() throws SQLException {
    record(acme, "run-3", 2_500);
    useKeys(acme);
    useKeys(beta);
    List<StoredCounts> heard = new ArrayList<>();

    StoredCounts deleted = deletion.deleteOrganization(acme, heard::add, call());

    assertThat(deleted).isEqualTo(new StoredCounts(2_505, 2_505, 2_505));
    assertThat(heard).hasSizeGreaterThan(4).endsWith(deleted);
    assertThat(deletion.countOrganization(acme, call())).isEqualTo(StoredCounts.NONE);
    assertThat(database.database().stores().keyStore().organizationExists(acme)).isFalse();
    assertThat(database.database().stores().keyStore().list(acme)).isEmpty();
    assertThat(deletion.countOrganization(beta, call())).isEqualTo(new StoredCounts(5, 5, 5));
    assertThat(database.database().stores().keyStore().list(beta))
        .extracting(listed -> listed.lastUsed().isPresent())
        .containsExactly(true);
    assertThat(uses(acme)).isEqualTo("0");
    assertThat(uses(beta)).isEqualTo("1");
  }

  private static void useKeys(String organization) {
    KeyStore store = database.database().stores().keyStore();
    store.setLastUsed(
        organization,
        store.list(organization).stream().map(listed -> listed.key().keyId()).toList(),
        LocalDate.EPOCH,
        call());
  }

  private static String uses(String organization) throws SQLException {
    return AsOwner.rows(
        database.url(),
        "SELECT count(*) FROM api_key_use WHERE organization_id = '" + organization + "'");
  }

  @Test
  void deleteOrganization_interruptedAfterTheKeys_goesOnWhenRunAgain() {
    ApiKey key = keys.create(acme, Scope.ALL, Optional.empty());
    assertThatThrownBy(
            () ->
                deletion.deleteOrganization(
                    acme,
                    deleted -> {
                      throw new IllegalStateException("pulled the plug");
                    },
                    call()))
        .hasMessage("pulled the plug");
    assertThat(database.database().stores().keyStore().find(key.keyId())).isEmpty();

    deletion.deleteOrganization(acme, deleted -> {}, call());

    assertThat(database.database().stores().keyStore().organizationExists(acme)).isFalse();
  }

  @Test
  void deleteOrganization_stillWrittenTo_isRefusedWithTheRemedy() {
    assertThatThrownBy(
            () -> deletion.deleteOrganization(acme, deleted -> record(acme, "run-x", 1), call()))
        .isInstanceOf(FailedCallException.class)
        .hasMessageContaining("stop its imports first");
  }

  @Test
  void write_afterTheDeletion_isRefused() {
    deletion.deleteOrganization(acme, deleted -> {}, call());

    assertThatThrownBy(() -> record(acme, "run-1", 1))
        .isInstanceOf(FailedCallException.class)
        .hasMessageContaining("does not exist")
        .extracting("reason")
        .isEqualTo(FailedCallException.Reason.ORGANIZATION_GONE);
    List<Artifact> artifacts = List.of(AnArtifact.of("alone", "run-9", "s", "1"));
    ArtifactRecorder recorder = new ArtifactRecorder(database.database().stores().artifactWriter());
    assertThatThrownBy(() -> recorder.record(acme, artifacts, call()))
        .hasMessageContaining("does not exist");
    assertThat(deletion.countOrganization(acme, call())).isEqualTo(StoredCounts.NONE);
  }

  @Test
  void deleteOrganization_whileSomebodyWrites_waitsAndTakesThatToo() throws Exception {
    try (Connection writer = database.connectAsWriter();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      Sql share = Sql.of(OrganizationLock.SHARE, OrganizationLock.SPACE, acme.hashCode());
      try (PreparedStatement lock = writer.prepareStatement(share.text())) {
        share.bind(lock, 1);
        lock.execute();
      }
      CompletableFuture<StoredCounts> deleted =
          CompletableFuture.supplyAsync(
              () -> deletion.deleteOrganization(acme, counts -> {}, call()), OwnThread.EACH);
      await().atMost(Duration.ofSeconds(60)).until(() -> somebodyWaits(statement));
      statement.execute(
          """
          INSERT INTO step (organization_id, run_id, step_id, sort_time, block_id, block_type,
            status, retry_count, withheld_bytes, head, outputs, inputs)
          SELECT '%s', 'run-late', step_id, sort_time, block_id, block_type,
            status, retry_count, withheld_bytes, head, outputs, inputs
          FROM step WHERE organization_id = '%s' AND run_id = 'run-1'"""
              .formatted(acme, beta));
      writer.commit();

      assertThat(deleted.get(60, TimeUnit.SECONDS)).isEqualTo(new StoredCounts(8, 5, 5));
    }
    assertThat(database.database().stores().keyStore().organizationExists(acme)).isFalse();
  }

  private static boolean somebodyWaits(Statement statement) throws SQLException {
    String waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    try (ResultSet rows = statement.executeQuery(waiting)) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  /** Steps with a large payload each, and an artifact each. */
  private static void record(String organization, String run, int count) {
    for (int from = 0; from < count; from += 500) {
      List<WorkflowStep> steps = new ArrayList<>();
      List<Artifact> artifacts = new ArrayList<>();
      for (int i = from; i < Math.min(from + 500, count); i++) {
        steps.add(AStep.named("s" + i).run(run).output("out", LARGE).build());
        artifacts.add(AnArtifact.of(run + "-" + i, run, "s" + i, "1"));
      }
      new StepRecorder(database.database().stores().stepWriter())
          .record(organization, steps, call());
      new ArtifactRecorder(database.database().stores().artifactWriter())
          .record(organization, artifacts, call());
    }
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(60));
  }
}
