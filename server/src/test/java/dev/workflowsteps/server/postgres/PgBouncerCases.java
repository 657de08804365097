package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.DatabaseUrl;
import dev.workflowsteps.server.listing.Direction;
import dev.workflowsteps.server.listing.Scan;
import dev.workflowsteps.server.steps.AFilter;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Seed;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepPosition;
import dev.workflowsteps.server.steps.StepRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Behind a PgBouncer, which the machine must have: not among the tests of a build. */
class PgBouncerCases {

  private static final int ORGANIZATIONS = 5;
  private static final int STEPS = 120;
  private static final int CALLERS = 16;
  private static final int WRITERS = 3;
  private static final int CALLS = 200;
  private static final int MOST_TRIES = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static TestDatabase.Open direct;

  @BeforeAll
  static void open() {
    direct = TestDatabase.open();
  }

  @AfterAll
  static void close() {
    direct.close();
  }

  /** Callers share two connections, so each transaction comes behind somebody else's. */
  @Test
  void listsOfManyOrganizations_interleaved_haveTheirOwnRows() throws Exception {
    List<String> organizations = new ArrayList<>();
    for (int i = 0; i < ORGANIZATIONS; i++) {
      organizations.add(direct.organization("own-" + i));
      record(direct.database(), organizations.get(i), i);
    }
    long seed = Seed.first();
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (Database alone = new Database(direct.url(), CALLERS, new SimpleMeterRegistry());
        PgBouncer pooler = new PgBouncer(direct.url(), "transaction", 2);
        Database pooled =
            new Database(
                pooler.through(direct.url(), "prepareThreshold=0"),
                CALLERS,
                new SimpleMeterRegistry())) {
      await().atMost(PATIENCE).until(() -> pooled.problem().isEmpty());
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Caller caller = new Caller(pooled, alone, organizations, new Random(seed + i), i < WRITERS);
        callers.add(threads.submit(caller::callsThatDiffer));
      }
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isZero();
      }
      for (String organization : organizations) {
        assertThat(rows(pooled, all(organization))).isEqualTo(rows(alone, all(organization)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One of many that read and, if it is a writer, write through the pooler. */
  private record Caller(
      Database pooled, Database alone, List<String> organizations, Random random, boolean writes) {

    int callsThatDiffer() {
      int different = 0;
      for (int i = 0; i < CALLS; i++) {
        String organization = organizations.get(random.nextInt(ORGANIZATIONS));
        if (writes && random.nextInt(5) == 0) {
          int number = organizations.indexOf(organization);
          again(() -> record(pooled, organization, number));
        }
        List<StepFilter> shapes = AFilter.shapes(organization);
        Scan<StepFilter, StepPosition> scan =
            new Scan<>(
                shapes.get(random.nextInt(shapes.size())),
                Direction.values()[random.nextInt(2)],
                Optional.empty(),
                1 + random.nextInt(30),
                1_000_000);
        if (!again(() -> rows(pooled, scan)).equals(again(() -> rows(alone, scan)))) {
          different++;
        }
      }
      return different;
    }
  }

  /** Two connections may be too few for all callers at once. */
  private static <T> T again(Supplier<T> call) {
    for (int tries = 1; ; tries++) {
      try {
        return call.get();
      } catch (FailedCallException e) {
        if (e.reason() != FailedCallException.Reason.UNAVAILABLE || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static Scan<StepFilter, StepPosition> all(String organization) {
    return new Scan<>(
        StepFilter.all(organization), Direction.ASCENDING, Optional.empty(), 1_000, 10_000_000);
  }

  /** Positions and bytes, which differ between organizations. */
  private static List<String> rows(Database database, Scan<StepFilter, StepPosition> scan) {
    return database.stores().stepStore().scan(scan, call()).stream()
        .map(step -> step.position() + " " + HexFormat.of().formatHex(step.encoded().bytes()))
        .toList();
  }

  /** The same steps again and again: unchanged ones. */
  private static int record(Database database, String organization, int number) {
    List<WorkflowStep> steps =
        IntStream.range(0, STEPS)
            .mapToObj(
                i ->
                    AStep.named(i % 5 == 0 ? "step" : "step-" + i)
                        .run(i % 3 == 0 ? "run" : "run-" + i)
                        .block(i % 2 == 0 ? "block" : "block-" + i)
                        .type(List.of("note", "extract", "parse").get(i % 3))
                        .status(List.of("running", "error", "pending", "completed").get(i % 4))
                        .label("step " + i + " of organization " + number)
                        .build())
            .toList();
    return new StepRecorder(database.stores().stepWriter())
        .record(organization, steps, call())
        .size();
  }

  private static Call call() {
    return Call.within(PATIENCE);
  }

  @Test
  void transactions_withPreparedStatements_areRefused_withTheRemedy() {
    try (PgBouncer pooler = new PgBouncer(direct.url(), "transaction", 2);
        Database database = database(pooler.through(direct.url(), ""))) {
      assertThat(database.problem().orElseThrow()).contains("prepareThreshold=0");
      assertThatThrownBy(() -> database.stores().keyStore().organizationExists("acme"))
          .isInstanceOf(FailedCallException.class)
          .hasMessageContaining("prepareThreshold=0");
    }
  }

  @Test
  void statements_areRefused_withTheRemedy() {
    try (PgBouncer pooler = new PgBouncer(direct.url(), "statement", 2);
        Database database = database(pooler.through(direct.url(), "prepareThreshold=0"))) {
      assertThat(database.problem().orElseThrow()).contains("transactions or sessions");
    }
  }

  @Test
  void sessions_withPreparedStatements_work() {
    try (PgBouncer pooler = new PgBouncer(direct.url(), "session", 20);
        Database database = database(pooler.through(direct.url(), ""))) {
      assertThat(database.problem()).isEmpty();
      assertThat(database.stores().keyStore().organizationExists("acme")).isTrue();
    }
  }

  private static Database database(DatabaseUrl url) {
    return new Database(url, 4, new SimpleMeterRegistry());
  }
}
