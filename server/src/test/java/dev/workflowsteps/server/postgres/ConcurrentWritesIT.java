package dev.workflowsteps.server.postgres;

import static dev.workflowsteps.server.steps.Outcome.CHANGED;
import static dev.workflowsteps.server.steps.Outcome.NEW;
import static dev.workflowsteps.server.steps.Outcome.UNCHANGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.config.Secret;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Outcome;
import dev.workflowsteps.server.steps.StepKey;
import dev.workflowsteps.server.steps.StepRecord;
import dev.workflowsteps.server.steps.StepWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Many writers of the same steps: each step stands as one of them wrote it, whole, and everybody is
 * told what became of it.
 *
 * <p>{@code -Dwfs.test.seed=N} makes the same random batches again.
 */
class ConcurrentWritesIT {

  private static final long SEED = Long.getLong("wfs.test.seed", System.nanoTime());
  private static final int WRITERS = 8;
  private static final int ROUNDS = 12;
  private static final int STEPS = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A payload with more bytes lies beside the row. */
  private static final int MOST_IN_ROW = 64 << 10;

  private static final Citus CITUS = new Citus();

  private static DatabaseUrl url;
  private static HikariDataSource connections;
  private static ExecutorService threads;

  private final String organization = "org-" + UUID.randomUUID();
  private final WriterSession session =
      new WriterSession(connections, CITUS, new CancelExecutor(new SimpleMeterRegistry()));
  private final StepWriter writer = new PostgresStepWriter(session);
  private WrittenSteps stored;

  /** What a writer was told of a record. */
  private record Written(StepRecord record, Outcome outcome) {}

  @BeforeAll
  static void open() throws SQLException {
    System.out.println("random batches: -Dwfs.test.seed=" + SEED);
    url = TestDatabase.url();
    TestDatabase.migrate(url);
    connections = patientPool();
    try (Connection connection = connections.getConnection()) {
      CITUS.detect(connection);
    }
    threads = Executors.newFixedThreadPool(WRITERS + 1);
  }

  @AfterAll
  static void close() {
    threads.shutdownNow();
    connections.close();
  }

  @BeforeEach
  void lookIn() {
    new PostgresKeyStore(connections, session).createOrganization(organization, Instant.now());
    stored = new WrittenSteps(ConcurrentWritesIT::connectAsWriter, organization);
  }

  @Test
  void overlappingBatches_leaveOfEachStepOneWritersLastRecord() throws Exception {
    List<Callable<List<Written>>> writers = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      String name = "writer " + w;
      Random random = new Random(SEED + w);
      writers.add(() -> writeRounds(name, random));
    }
    Future<List<Written>> all = threads.submit(() -> together(writers));
    while (!all.isDone()) {
      assertThat(stored.torn()).isEmpty();
    }

    List<Written> written = all.get();

    assertThat(written).hasSize(WRITERS * ROUNDS * STEPS / 2);
    outcomes(written)
        .forEach((key, of) -> assertThat(of).as("%s", key).containsOnlyOnce(NEW).contains(CHANGED));
    assertThat(written).extracting(Written::outcome).containsOnly(NEW, CHANGED);
    stored.assertEachOneOf(lastOfEachWriter(written));
  }

  @Test
  void sameBatch_inAnyOrder_isNewOnce() throws Exception {
    List<StepRecord> batch =
        IntStream.range(0, STEPS).mapToObj(i -> record(i, "all", new Random(SEED + i))).toList();
    List<Callable<List<Written>>> writers = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      List<StepRecord> shuffled = new ArrayList<>(batch);
      Collections.shuffle(shuffled, new Random(SEED + w));
      writers.add(() -> write(shuffled));
    }

    List<Written> written = together(writers);

    assertThat(written).hasSize(WRITERS * STEPS).extracting(Written::outcome).contains(UNCHANGED);
    outcomes(written)
        .forEach(
            (key, of) ->
                assertThat(of).as("%s", key).containsOnlyOnce(NEW).doesNotContain(CHANGED));
    stored.assertEachOneOf(lastOfEachWriter(written));
  }

  @Test
  void oneStep_ofTwoWriters_isWhatTheLaterOneWrote() throws Exception {
    List<StepRecord> later = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      StepRecord one = record(i, "one", new Random(SEED + i));
      StepRecord other = record(i, "other", new Random(SEED - i));

      List<Written> written =
          together(List.of(() -> write(List.of(one)), () -> write(List.of(other))));

      assertThat(written).extracting(Written::outcome).containsExactlyInAnyOrder(NEW, CHANGED);
      written.stream().filter(w -> w.outcome() == CHANGED).map(Written::record).forEach(later::add);
    }
    stored.assertExactly(later);
  }

  @Test
  void deadlock_isTriedAgain_andTheBatchIsWritten() throws Exception {
    long before = stored.deadlocks();
    List<StepRecord> batch = batch(4, "after");
    Optional<List<Written>> written = Optional.empty();
    for (int i = 0; i < 5 && written.isEmpty(); i++) {
      stored.delete();
      write(batch(3, "before"));
      written = writtenInADeadlock(batch);
    }

    assertThat(written.orElseThrow())
        .extracting(Written::outcome)
        .containsExactly(CHANGED, CHANGED, CHANGED, NEW);
    stored.assertExactly(batch);
    // The database counts with some delay.
    await().atMost(PATIENCE).until(() -> stored.deadlocks() > before);
  }

  @Test
  void failureThatMayPass_isTriedFiveTimes_andLeavesNothingBehind() throws Exception {
    List<StepRecord> batch = batch(4, "writer");
    for (String sqlState : List.of("40P01", "40001")) {
      try (FailingInserts failing =
          new FailingInserts(TestDatabase.connect(url), organization, sqlState)) {
        failing.failNext(5);
        assertThatThrownBy(() -> write(batch))
            .isInstanceOfSatisfying(
                FailedCallException.class,
                e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE));
        stored.assertExactly(List.of());

        failing.failNext(4);
        assertThat(write(batch)).extracting(Written::outcome).containsOnly(NEW);
        stored.assertExactly(batch);
        stored.delete();
      }
    }
  }

  /**
   * Writes a batch while somebody takes its steps in the opposite order.
   *
   * @return empty if the database made the other one give way
   */
  private Optional<List<Written>> writtenInADeadlock(List<StepRecord> batch) throws Exception {
    try (RowLocks opposite = new RowLocks(connectAsWriter(), organization);
        RowLocks between = new RowLocks(connectAsWriter(), organization)) {
      opposite.lock(batch.get(2));
      between.lock(batch.get(1));
      // The writer has the first row, waits for the second, and has yet to come to the third.
      Future<List<Written>> written = threads.submit(() -> write(batch));
      await().atMost(PATIENCE).until(() -> stored.isAnybodyBlockedBy(between.pid()));
      Future<Boolean> first = threads.submit(() -> opposite.locks(batch.get(0)));
      // Whoever waits looks for a deadlock once; the other one is to have done so before there is.
      await().atMost(PATIENCE).until(() -> stored.isBlockedForLong(opposite.pid()));
      between.release();

      // Before the writer's first try has come to its end the first row can't be had.
      boolean writerGaveWay = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(writerGaveWay && written.isDone()).isFalse();
      opposite.release();
      List<Written> afterwards = written.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return writerGaveWay ? Optional.of(afterwards) : Optional.empty();
    }
  }

  private List<Written> writeRounds(String name, Random random) {
    List<Written> written = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> steps = new ArrayList<>(IntStream.range(0, STEPS).boxed().toList());
      Collections.shuffle(steps, random);
      String by = name + ", round " + round;
      written.addAll(
          write(
              steps.subList(0, STEPS / 2).stream().map(step -> record(step, by, random)).toList()));
    }
    return written;
  }

  private List<Written> write(List<StepRecord> batch) {
    List<Outcome> outcomes = writer.write(organization, batch, Call.within(PATIENCE));
    assertThat(outcomes).hasSameSizeAs(batch);
    return IntStream.range(0, batch.size())
        .mapToObj(i -> new Written(batch.get(i), outcomes.get(i)))
        .toList();
  }

  /** Begins all at the same moment; what all wrote, each writer's in its order. */
  private static List<Written> together(List<Callable<List<Written>>> writers) throws Exception {
    CyclicBarrier start = new CyclicBarrier(writers.size());
    List<Future<List<Written>>> running = new ArrayList<>();
    for (Callable<List<Written>> writer : writers) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return writer.call();
              }));
    }
    List<Written> written = new ArrayList<>();
    for (Future<List<Written>> one : running) {
      written.addAll(one.get());
    }
    return written;
  }

  private static Map<StepKey, List<Outcome>> outcomes(List<Written> written) {
    Map<StepKey, List<Outcome>> outcomes = new HashMap<>();
    written.forEach(
        w -> outcomes.computeIfAbsent(w.record().key(), key -> new ArrayList<>()).add(w.outcome()));
    return outcomes;
  }

  /** Of each step what may stand: no writer's own earlier record does. */
  private static Map<StepKey, List<StepRecord>> lastOfEachWriter(List<Written> written) {
    Map<StepKey, Map<String, StepRecord>> last = new HashMap<>();
    written.forEach(
        w ->
            last.computeIfAbsent(w.record().key(), key -> new HashMap<>())
                .put(w.record().blockId(), w.record()));
    Map<StepKey, List<StepRecord>> candidates = new HashMap<>();
    last.forEach((key, of) -> candidates.put(key, List.copyOf(of.values())));
    return candidates;
  }

  private static List<StepRecord> batch(int size, String by) {
    return IntStream.range(0, size).mapToObj(i -> record(3 * i, by, new Random(SEED + i))).toList();
  }

  /**
   * A record like no other writer's, in every part.
   *
   * @param by who writes it; what stands before the comma becomes the block's id
   */
  private static StepRecord record(int step, String by, Random random) {
    AStep built =
        AStep.named(String.format("step-%02d", step))
            .run("run-" + step % 3)
            .block(by.replaceAll(",.*", ""))
            .label(by)
            .startedAt(Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000)).toString())
            .output("by", '"' + by + '"');
    if (random.nextInt(4) == 0) {
      built.output("own", large(by, random.nextInt(20_000)));
    }
    if (random.nextInt(4) == 0) {
      built.output("shared", large("everybody's", step));
    }
    return StepRecord.of(built.build());
  }

  private static String large(String text, int more) {
    int length = MOST_IN_ROW + more;
    return '"' + text.repeat(length / text.length() + 1).substring(0, length) + '"';
  }

  /** As a server's own pool of writers, but for one connection each that may be waited for. */
  private static HikariDataSource patientPool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(TestDatabase.served(url).jdbcUrl());
    url.user().ifPresent(config::setUsername);
    url.password().map(Secret::value).ifPresent(config::setPassword);
    config.setMaximumPoolSize(WRITERS);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.addDataSourceProperty("prepareThreshold", "1");
    return new HikariDataSource(config);
  }

  private static Connection connectAsWriter() throws SQLException {
    Connection connection = TestDatabase.connect(url);
    TestDatabase.execute(connection, "SET ROLE workflow_steps_writer");
    return connection;
  }
}
