package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicated servers, which the machine must have: not among the tests of a build. */
class FailoverCases {

  private static final int PROMOTIONS = 5;
  private static final Duration LONGEST_GAP = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ORGANIZATION = "acme";

  private static ReplicatedServers servers;

  @BeforeAll
  static void start() throws SQLException {
    servers = new ReplicatedServers();
    new Migrations(servers.primary()).migrate(Optional.empty());
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  void promotions_leaveAShortGap_andEveryAcknowledgedStep() throws Exception {
    try (Database database = new Database(servers.primary(), 4, new SimpleMeterRegistry())) {
      await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
      database.stores().keyStore().createOrganization(ORGANIZATION, Instant.now());
      for (int promotion = 1; promotion <= PROMOTIONS; promotion++) {
        Load load = new Load(database, "run-" + promotion);
        load.start();
        await().atMost(PATIENCE).until(() -> load.acknowledged.size() > 20);

        servers.failOver();
        long promoted = System.nanoTime();
        await().atMost(PATIENCE).until(() -> load.succeededSince(promoted));
        await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
        load.stop();

        Duration writes = Duration.ofNanos(load.wrote.get() - promoted);
        Duration reads = Duration.ofNanos(load.read.get() - promoted);
        Set<String> stored = new HashSet<>(steps(database, load.run));
        System.out.printf(
            "promotion %d: first write after %d ms, first page after %d ms, %d calls failed, %d"
                + " steps acknowledged, %d stored%n",
            promotion,
            writes.toMillis(),
            reads.toMillis(),
            load.failed.get(),
            load.acknowledged.size(),
            stored.size());
        assertThat(stored).containsAll(load.acknowledged);
        assertThat(load.wrong.get()).isZero();
        assertThat(writes).isLessThanOrEqualTo(LONGEST_GAP);
        assertThat(reads).isLessThanOrEqualTo(LONGEST_GAP);
        servers.attachStandby();
      }
    }
  }

  /** As a frozen machine does: it takes the connection, and then nothing is heard of it. */
  @Test
  void primaryThatHangs_doesNotKeepConnectionsFromTheNewOne() throws Exception {
    servers.failOverWhilePrimaryHangs(
        () -> {
          try (Database database = new Database(servers.primary(), 1, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
            database.stores().keyStore().createOrganization(ORGANIZATION, Instant.now());
          }
        });
    servers.attachStandby();
  }

  @Test
  void standby_isRefusedByName_unlessItIsAllowed() {
    try (Database database = new Database(servers.standby(), 1, new SimpleMeterRegistry())) {
      await()
          .atMost(PATIENCE)
          .until(() -> database.problem().orElse("").contains("targetServerType=primary"));
    }
  }

  /** Each server knows its own transactions. */
  @Test
  void statistics_areThoseOfThePrimary_whicheverHostComesFirst() throws SQLException {
    try (Connection oldest = TestDatabase.connect(servers.primary());
        Database both = new Database(servers.standbyFirst(), 1, true, new SimpleMeterRegistry())) {
      oldest.setAutoCommit(false);
      TestDatabase.execute(oldest, "SELECT 1");

      MetricSnapshots read = DatabaseStatisticsIT.read(both.statistics());

      assertThat(
              DatabaseStatisticsIT.value(
                  read, "workflow_steps_database_longest_transaction_seconds", ""))
          .isPositive();
    }
  }

  @Test
  void allowedStandby_answersReads_notWrites_andIsUnreadyWhileItLags() throws SQLException {
    try (Database primary = new Database(servers.primary(), 1, new SimpleMeterRegistry());
        Database standby = new Database(servers.standby(), 1, true, new SimpleMeterRegistry())) {
      await().atMost(PATIENCE).until(() -> primary.problem().isEmpty());
      primary.stores().keyStore().createOrganization(ORGANIZATION, Instant.now());
      record(primary, "standby", "first");
      await().atMost(PATIENCE).until(() -> standby.problem().isEmpty());
      await().atMost(PATIENCE).until(() -> steps(standby, "standby").equals(List.of("first")));

      assertThatThrownBy(() -> record(standby, "standby", "second"))
          .isInstanceOf(FailedCallException.class)
          .extracting("reason")
          .isEqualTo(FailedCallException.Reason.UNAVAILABLE);
      assertThat(steps(standby, "standby")).containsExactly("first");

      servers.onStandby("SELECT pg_wal_replay_pause()");
      record(primary, "standby", "third");
      await().atMost(PATIENCE).until(() -> standby.problem().orElse("").contains("behind"));
      servers.onStandby("SELECT pg_wal_replay_resume()");
      await().atMost(PATIENCE).until(() -> standby.problem().isEmpty());
      assertThat(steps(standby, "standby")).containsExactly("first", "third");
    }
  }

  private static void record(Database database, String run, String step) {
    new StepRecorder(database.stores().stepWriter())
        .record(ORGANIZATION, List.of(AStep.named(step).run(run).build()), call());
  }

  private static List<String> steps(Database database, String run) {
    StepFilter filter = StepFilter.run(ORGANIZATION, run);
    Scan<StepFilter, StepPosition> scan =
        new Scan<>(filter, Direction.ASCENDING, Optional.empty(), 100_000, Integer.MAX_VALUE);
    return database.stores().stepStore().scan(scan, call()).stream()
        .map(step -> step.position().stepId())
        .toList();
  }

  private static Call call() {
    return Call.within(Duration.ofSeconds(10));
  }

  /** One that writes steps of a run and one that reads them, until it is stopped. */
  private static final class Load {

    private final Database database;
    private final String run;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicLong wrote = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicLong since = new AtomicLong(Long.MIN_VALUE);
    private Future<?> writing;
    private Future<?> reading;

    Load(Database database, String run) {
      this.database = database;
      this.run = run;
    }

    void start() {
      writing = threads.submit(() -> loop(this::write, wrote));
      reading = threads.submit(() -> loop(this::read, read));
    }

    /** Notes the first success of each after that time. */
    boolean succeededSince(long nanos) {
      if (since.compareAndSet(Long.MIN_VALUE, nanos)) {
        wrote.set(0);
        read.set(0);
      }
      return wrote.get() != 0 && read.get() != 0;
    }

    void stop() throws Exception {
      stopped.set(true);
      writing.get();
      reading.get();
      threads.shutdown();
    }

    private void loop(Runnable call, AtomicLong succeeded) {
      while (!stopped.get()) {
        try {
          call.run();
          succeeded.compareAndSet(0, System.nanoTime());
        } catch (FailedCallException e) {
          failed.incrementAndGet();
        }
      }
    }

    private void write() {
      String step = "step-" + System.nanoTime();
      record(database, run, step);
      acknowledged.add(step);
    }

    /** A step that was acknowledged before the page is on it. */
    private void read() {
      Set<String> before = Set.copyOf(acknowledged);
      if (!steps(database, run).containsAll(before)) {
        wrong.incrementAndGet();
      }
    }
  }
}
