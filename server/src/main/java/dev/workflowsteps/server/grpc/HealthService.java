package dev.workflowsteps.server.grpc;

import dev.workflowsteps.proto.v1.WorkflowArtifactsServiceGrpc;
import dev.workflowsteps.proto.v1.WorkflowStepsServiceGrpc;
import dev.workflowsteps.server.ops.Readiness;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code grpc.health.v1.Health}: says for the whole server and for each service whether it is
 * ready.
 */
final class HealthService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);

  /** The method that lasts until its caller leaves. */
  static final String WATCH = HealthGrpc.getWatchMethod().getFullMethodName();

  private static final long PERIOD_MILLIS = 500;

  private final HealthStatusManager manager = new HealthStatusManager();
  private final Readiness readiness;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new NamedThreads("grpc-health"));

  HealthService(Readiness readiness) {
    this.readiness = readiness;
    tell(ServingStatus.NOT_SERVING);
  }

  ServerServiceDefinition definition() {
    return manager.getHealthService().bindService();
  }

  void start() {
    update();
    var unused =
        timer.scheduleWithFixedDelay(
            this::update, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** An exception would end the schedule. */
  private void update() {
    try {
      tell(readiness.ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    } catch (RuntimeException e) {
      LOG.error("the health could not be told; trying again", e);
    }
  }

  private void tell(ServingStatus status) {
    manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    manager.setStatus(WorkflowStepsServiceGrpc.SERVICE_NAME, status);
    manager.setStatus(WorkflowArtifactsServiceGrpc.SERVICE_NAME, status);
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    if (!timer.isShutdown()) {
      timer.shutdownNow();
      manager.enterTerminalState();
    }
  }
}
