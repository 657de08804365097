package dev.workflowsteps.server;

import dev.workflowsteps.server.artifacts.ArtifactLister;
import dev.workflowsteps.server.artifacts.ArtifactRecorder;
import dev.workflowsteps.server.auth.Authenticator;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.grpc.UseCases;
import dev.workflowsteps.server.ops.AdminServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Check;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.steps.StepLister;
import dev.workflowsteps.server.steps.StepRecorder;
import java.time.Clock;
import java.util.List;

/**
 * The server in one process: wires the parts together, starts them in order, and stops them in the
 * order in which no request is lost. The admin port answers first and goes last but for the
 * database.
 */
public final class Node implements AutoCloseable {

  private final Settings settings;
  private final Meters meters;
  private final Readiness readiness;
  private final AdminServer admin;
  private final StoredData data;
  private final GrpcServer grpc;

  private Node(
      Settings settings,
      Meters meters,
      Readiness readiness,
      AdminServer admin,
      StoredData data,
      GrpcServer grpc) {
    this.settings = settings;
    this.meters = meters;
    this.readiness = readiness;
    this.admin = admin;
    this.data = data;
    this.grpc = grpc;
  }

  /**
   * Starts everything; on failure nothing is left running.
   *
   * @param command what others are told who find the data directory held, for example {@code serve}
   * @throws dev.workflowsteps.server.config.StartupException if it can't
   */
  public static Node start(
      Settings settings, boolean demo, String command, ProgressListener progress) {
    Ports.requireFree(
        "grpc-port", settings.get(Setting.GRPC_HOST), settings.get(Setting.GRPC_PORT));
    BuildInfo build = BuildInfo.current();
    Meters meters = new Meters(build);
    Readiness readiness = new Readiness();
    AdminServer admin =
        AdminServer.start(
            settings.get(Setting.ADMIN_HOST),
            settings.get(Setting.ADMIN_PORT),
            meters.registry(),
            readiness,
            build);
    StoredData data = null;
    try {
      data = StoredData.serve(settings, demo, command, progress, meters.registry());
      GrpcServer grpc = grpc(settings, data, readiness, meters);
      readiness.begin(List.of(new Check("database", data::problem)));
      grpc.start();
      return new Node(settings, meters, readiness, admin, data, grpc);
    } catch (RuntimeException e) {
      admin.close();
      readiness.close();
      if (data != null) {
        data.close();
      }
      throw e;
    }
  }

  private static GrpcServer grpc(
      Settings settings, StoredData data, Readiness readiness, Meters meters) {
    // A call waits for a connection most of its time; twice as many threads keep all of them busy.
    int threads = 2 * settings.get(Setting.DATABASE_POOL_SIZE);
    return new GrpcServer(
        settings.get(Setting.GRPC_HOST),
        settings.get(Setting.GRPC_PORT),
        threads,
        new UseCases(
            new StepLister(data.stepStore(), data.payloads(), settings.get(Setting.PAGE_BYTES)),
            new StepRecorder(data.steps()),
            new ArtifactLister(data.artifactStore(), settings.get(Setting.PAGE_BYTES)),
            new ArtifactRecorder(data.artifacts())),
        new Authenticator(data.keys(), Clock.systemUTC()),
        settings.get(Setting.CALL_TIMEOUT),
        readiness,
        meters);
  }

  public StoredData data() {
    return data;
  }

  public GrpcServer grpc() {
    return grpc;
  }

  public Meters meters() {
    return meters;
  }

  public int adminPort() {
    return admin.address().port();
  }

  /** Tells everybody who asks that this server is about to stop; calls are still answered. */
  public void announceStop() {
    readiness.drain();
  }

  /**
   * Lets the running calls end, up to the setting {@code drain-timeout}, then closes everything.
   */
  @Override
  public void close() {
    readiness.drain();
    grpc.drain(settings.get(Setting.DRAIN_TIMEOUT));
    readiness.close();
    data.close();
    admin.close();
    meters.close();
  }
}
