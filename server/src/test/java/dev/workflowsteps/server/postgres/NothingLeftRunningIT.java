package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.CountWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.GetWorkflowStepRequest;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceFutureStub;
import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.AStep;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Calls that wait in the database, for a lock that is never let go of while anybody looks, and what
 * is left of them there once their callers no longer wait.
 */
@Rule({"grpc-deadline", "grpc-cancel"})
class NothingLeftRunningIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String WAITING =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND pid <> pg_backend_pid() AND state = 'active' AND wait_event_type = 'Lock'";

  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private final Readiness readiness = new Readiness();
  private TestDatabase.Open open;
  private GrpcServer server;
  private ManagedChannel channel;
  private String key;
  private Connection locker;
  private Connection observer;

  @BeforeEach
  void start() throws SQLException {
    open = TestDatabase.open();
    Database database = open.database();
    KeyService keys = new KeyService(database.stores().keyStore(), Clock.systemUTC());
    keys.ensureOrganization("acme", true);
    key = keys.create("acme", Scope.ALL, Optional.empty()).text();
    server =
        new GrpcServer(
            Settings.load(
                Map.of("grpc-port", "0", "database-pool-size", "2", "call-timeout", "10m"),
                Map.of()),
            database.stores(),
            Clock.systemUTC(),
            readiness,
            meters,
            AccessLog.OFF,
            Optional.empty());
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    observer = open.connect();
    locker = open.connect();
    locker.setAutoCommit(false);
    try (Statement statement = locker.createStatement()) {
      statement.execute("LOCK TABLE step IN ACCESS EXCLUSIVE MODE");
    }
  }

  @AfterEach
  void stop() throws SQLException {
    locker.close();
    observer.close();
    channel.shutdownNow();
    server.close();
    open.close();
    readiness.close();
    meters.close();
  }

  @Test
  void cancelledList_leavesNothingRunning() {
    assertCancelled(stub -> stub.listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
  }

  @Test
  void cancelledCount_leavesNothingRunning() {
    assertCancelled(
        stub -> stub.countWorkflowSteps(CountWorkflowStepsRequest.getDefaultInstance()));
  }

  @Test
  void cancelledGet_leavesNothingRunning() {
    assertCancelled(
        stub -> stub.getWorkflowStep(GetWorkflowStepRequest.newBuilder().setStepId("a").build()));
  }

  @Test
  void cancelledRecord_leavesNothingRunning() {
    assertCancelled(stub -> stub.recordWorkflowSteps(oneStep()));
  }

  @Test
  void countPastItsDeadline_leavesNothingRunning() throws Exception {
    assertExpired(stub -> stub.countWorkflowSteps(CountWorkflowStepsRequest.getDefaultInstance()));
  }

  @Test
  void listPastItsDeadline_leavesNothingRunning() throws Exception {
    assertExpired(stub -> stub.listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
  }

  @Test
  void recordPastItsDeadline_leavesNothingRunning() throws Exception {
    assertExpired(stub -> stub.recordWorkflowSteps(oneStep()));
  }

  private void assertCancelled(
      Function<WorkflowStepsServiceFutureStub, ListenableFuture<?>> method) {
    ListenableFuture<?> call = method.apply(stub());
    await().atMost(PATIENCE).until(() -> waiting() == 1);

    call.cancel(true);

    await().atMost(PATIENCE).until(() -> waiting() == 0);
  }

  /** With ever later deadlines, until one leaves the call the time to reach the database. */
  private void assertExpired(Function<WorkflowStepsServiceFutureStub, ListenableFuture<?>> method)
      throws InterruptedException {
    boolean seen = false;
    for (int seconds = 2; !seen && seconds <= 64; seconds *= 2) {
      ListenableFuture<?> call = method.apply(stub().withDeadlineAfter(seconds, TimeUnit.SECONDS));
      await().atMost(PATIENCE.multipliedBy(2)).until(() -> call.isDone() || waiting() == 1);
      seen = !call.isDone();

      assertThat(status(call)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      await().atMost(PATIENCE).until(() -> waiting() == 0);
    }
    assertThat(seen).isTrue();
  }

  private static Status.Code status(ListenableFuture<?> call) throws InterruptedException {
    try {
      call.get();
      return Status.Code.OK;
    } catch (ExecutionException e) {
      return ((StatusRuntimeException) e.getCause()).getStatus().getCode();
    }
  }

  private long waiting() throws SQLException {
    try (Statement statement = observer.createStatement();
        ResultSet rows = statement.executeQuery(WAITING)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private WorkflowStepsServiceFutureStub stub() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return WorkflowStepsServiceGrpc.newFutureStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static RecordWorkflowStepsRequest oneStep() {
    return RecordWorkflowStepsRequest.newBuilder().addSteps(AStep.named("step").build()).build();
  }
}
