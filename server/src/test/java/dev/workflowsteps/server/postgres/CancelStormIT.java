package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceFutureStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One who asks for a thousand steps a hundred times a second, and goes away each time. */
@Rule("grpc-cancel")
class CancelStormIT {

  private static final int RESETS = 1_000;
  private static final int PAUSE_MILLIS = 10;
  private static final int MOST_MICROS = 30_000;
  private static final int ROWS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** It would log a stack trace for each answer whose stream was reset. */
  private static final Logger STREAM_ERRORS = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  private static final ListWorkflowStepsRequest LARGE_PAGE =
      ListWorkflowStepsRequest.newBuilder().setLimit(ROWS).build();

  private static final String RUNNING =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND state = 'active' AND application_name LIKE 'workflow-steps%'";

  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final Readiness readiness = new Readiness();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private TestDatabase.Open open;
  private Database database;
  private GrpcServer server;
  private ManagedChannel channel;
  private WorkflowStepsServiceFutureStub stub;

  @BeforeEach
  void start() {
    STREAM_ERRORS.setLevel(Level.OFF);
    open = TestDatabase.open();
    database = new Database(TestDatabase.served(open.url()), 4, meters.registry());
    await().atMost(PATIENCE).until(() -> database.problem().isEmpty());
    new StepRecorder(database.stores().stepWriter())
        .record(
            "acme",
            IntStream.range(0, ROWS)
                .mapToObj(i -> AStep.named("s-" + i).output("out", '"' + "x".repeat(500) + '"'))
                .map(AStep::build)
                .toList(),
            Call.within(PATIENCE));
    KeyService keys = new KeyService(database.stores().keyStore(), Clock.systemUTC());
    Metadata key = new Metadata();
    key.put(
        Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER),
        keys.create("acme", Scope.ALL, Optional.empty()).text());
    server =
        new GrpcServer(
            Settings.load(Map.of("grpc-port", "0"), Map.of()),
            database.stores(),
            Clock.systemUTC(),
            readiness,
            meters,
            AccessLog.OFF,
            Optional.empty());
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    stub =
        WorkflowStepsServiceGrpc.newFutureStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(key));
  }

  @AfterEach
  void stop() {
    STREAM_ERRORS.setLevel(null);
    timer.shutdownNow();
    channel.shutdownNow();
    server.close();
    database.close();
    open.close();
    readiness.close();
    meters.close();
  }

  @Test
  void resets_costHardlyAnyConnection_andLeaveNothingRunning() throws Exception {
    assertThat(rows()).isEqualTo(ROWS);
    Random random = new Random(1);
    long before = connectionsMade();

    for (int i = 0; i < RESETS; i++) {
      ListenableFuture<?> call = stub.listWorkflowSteps(LARGE_PAGE);
      timer.schedule(() -> call.cancel(true), random.nextInt(MOST_MICROS), TimeUnit.MICROSECONDS);
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    await().atMost(PATIENCE).until(() -> running() == 0);
    long made = connectionsMade() - before;
    System.out.printf(
        "%d resets; cancels confirmed: %d, unconfirmed: %d; connections made: %d%n",
        RESETS, cancels("confirmed"), cancels("unconfirmed"), made);
    assertThat(cancels("confirmed")).isPositive();
    assertThat(cancels("dropped")).isZero();
    assertThat(made).isLessThanOrEqualTo(RESETS / 20);
    assertThat(rows()).isEqualTo(ROWS);
  }

  private int rows() throws Exception {
    return stub.listWorkflowSteps(LARGE_PAGE)
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .getDataCount();
  }

  private long connectionsMade() {
    return meters
        .registry()
        .get("hikaricp.connections.creation")
        .tag("pool", "readers")
        .timer()
        .count();
  }

  private long cancels(String outcome) {
    return (long)
        meters.registry().get("workflow_steps.cancels").tag("outcome", outcome).counter().count();
  }

  private long running() throws SQLException {
    try (Connection owner = open.connect();
        Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery(RUNNING)) {
      row.next();
      return row.getLong(1);
    }
  }
}
