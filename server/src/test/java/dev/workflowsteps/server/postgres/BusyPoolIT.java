package dev.workflowsteps.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.base.Throwables;
import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.proto.v1.ListWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.RecordWorkflowStepsRequest;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc.WorkflowStepsServiceBlockingStub;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.call.Call;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.StepRecorder;
import dev.workflowsteps.server.steps.View;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Calls while others have every connection. */
class BusyPoolIT {

  private static final String[] POOL_WORDS = {
    "Connection is not available", "timed out", "readers", "writers", "Hikari", "total=", "closed"
  };

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final List<Connection> taken = new ArrayList<>();
  private final Meters meters = new Meters(new BuildInfo("1", "17"));
  private TestDatabase.Open open;

  @BeforeEach
  void open() {
    open = TestDatabase.open();
    logged.start();
  }

  @AfterEach
  void close() throws SQLException {
    root.detachAppender(logged);
    for (Connection connection : taken) {
      connection.close();
    }
    open.close();
    meters.close();
  }

  @Test
  void callerAndLog_readTheCause_inNoWordsOfThePool() throws SQLException {
    KeyService keys = new KeyService(open.database().stores().keyStore(), Clock.systemUTC());
    keys.ensureOrganization("acme", true);
    String key = keys.create("acme", Scope.ALL, Optional.empty()).text();
    Readiness readiness = new Readiness();
    GrpcServer server =
        new GrpcServer(
            Settings.load(Map.of("grpc-port", "0"), Map.of()),
            open.database().stores(),
            Clock.systemUTC(),
            readiness,
            meters,
            AccessLog.OFF,
            Optional.empty());
    server.start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      takeEveryConnection();
      root.addAppender(logged);
      WorkflowStepsServiceBlockingStub stub = stub(channel, key);

      assertRefused(() -> stub.listWorkflowSteps(ListWorkflowStepsRequest.getDefaultInstance()));
      assertRefused(
          () ->
              stub.recordWorkflowSteps(
                  RecordWorkflowStepsRequest.newBuilder()
                      .addSteps(AStep.named("step").build())
                      .build()));
    } finally {
      channel.shutdownNow();
      server.close();
      readiness.close();
    }
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the storage is unavailable: all connections are in use",
            "the storage is unavailable: all connections are in use");
    assertThat(logged.list).extracting(ILoggingEvent::getThrowableProxy).containsOnlyNulls();
  }

  /** Nor do those who would log it with its causes. */
  @Test
  void failure_isNotCausedByThePool() throws SQLException {
    takeEveryConnection();

    assertThatThrownBy(() -> read(Call.within(Duration.ofMinutes(1))))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e ->
                assertThat(Throwables.getCausalChain(e))
                    .extracting(Throwable::getMessage)
                    .allSatisfy(text -> assertThat(text).doesNotContain(POOL_WORDS)));
  }

  @Test
  void poolOfAServerThatStops_isUnavailable() {
    open.database().close();

    assertThatThrownBy(() -> read(Call.within(Duration.ofMinutes(1))))
        .isInstanceOfSatisfying(
            FailedCallException.class,
            e -> assertThat(e.reason()).isEqualTo(FailedCallException.Reason.UNAVAILABLE))
        .hasMessage("the server is stopping");
  }

  /** A call that waited would end as unavailable. */
  @Test
  void callThatIsOver_doesNotWaitForAConnection() throws SQLException {
    takeEveryConnection();

    assertReason(FailedCallException.Reason.CANCELLED, () -> read(new GoneCall()));
    assertReason(FailedCallException.Reason.CANCELLED, () -> write(new GoneCall()));
    Call expired = Call.within(Duration.ZERO);
    assertReason(FailedCallException.Reason.DEADLINE_EXCEEDED, () -> read(expired));
    assertReason(FailedCallException.Reason.DEADLINE_EXCEEDED, () -> write(expired));
  }

  private static void assertReason(FailedCallException.Reason reason, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOf(FailedCallException.class)
        .extracting("reason")
        .isEqualTo(reason);
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(POOL_WORDS));
  }

  private void takeEveryConnection() throws SQLException {
    for (Pool pool : open.database().pools().subList(0, 2)) {
      for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
        taken.add(pool.getConnection());
      }
    }
  }

  private void read(Call call) {
    open.database().stores().stepStore().find("acme", "step", Optional.empty(), 1, View.FULL, call);
  }

  private void write(Call call) {
    new StepRecorder(open.database().stores().stepWriter())
        .record("acme", List.of(AStep.named("step").build()), call);
  }

  private static WorkflowStepsServiceBlockingStub stub(ManagedChannel channel, String key) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return WorkflowStepsServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
