package dev.workflowsteps.server;

import dev.workflowsteps.contract.AccessLog;
import dev.workflowsteps.server.config.ProgressListener;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.grpc.GrpcServer;
import dev.workflowsteps.server.grpc.GrpcTls;
import dev.workflowsteps.server.ops.AccessLogger;
import dev.workflowsteps.server.ops.AdminServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Check;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.tls.TlsFiles;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;

/**
 * The server in one process: creates its parts, starts them in order, and stops them in an order
 * that loses no request. The admin port opens first and closes last.
 */
public final class Node implements AutoCloseable {

  /** The name of the check. */
  private static final String DATABASE = "database";

  private final Settings settings;
  private final Meters meters;
  private final AccessLog accessLog;
  private final Readiness readiness = new Readiness();
  private final TlsFiles tlsFiles;
  private Optional<KeyManagerFactory> identity = Optional.empty();
  private AdminServer admin;
  private StoredData data;
  private GrpcServer grpc;

  private Node(Settings settings, BuildInfo build) {
    this.settings = settings;
    this.meters = new Meters(build);
    this.accessLog = new AccessLogger(settings.get(Setting.ACCESS_LOG));
    this.tlsFiles = new TlsFiles(settings);
  }

  /**
   * Starts everything but the embedded database; on failure it stops what it started. Calls fail as
   * unavailable until {@link #openDatabase}, and it is reported as not ready until {@link #ready}.
   *
   * @param command the name of this command, shown to others that want the data directory, for
   *     example {@code serve}
   * @throws dev.workflowsteps.server.config.StartupException if it can't
   */
  public static Node start(Settings settings, boolean demo, String command) {
    BuildInfo build = BuildInfo.current();
    Node node = new Node(settings, build);
    try {
      node.start(build, demo, command);
      return node;
    } catch (RuntimeException e) {
      node.closeNow();
      throw e;
    }
  }

  private void start(BuildInfo build, boolean demo, String command) {
    identity = tlsFiles.identity(Setting.TLS_CERTIFICATE, Setting.TLS_KEY);
    Optional<GrpcTls> tls =
        identity.map(server -> new GrpcTls(server, tlsFiles.trust(Setting.TLS_CLIENT_CA)));
    admin =
        AdminServer.start(
            settings.get(Setting.ADMIN_HOST),
            settings.get(Setting.ADMIN_PORT),
            settings.find(Setting.ADMIN_ALLOWED_HOSTS).orElse(List.of()),
            meters.registry(),
            readiness,
            build);
    data = StoredData.serve(settings, demo, command, meters.registry());
    meters.ready(readiness::ready);
    meters.check(DATABASE, () -> readiness.passed(DATABASE));
    tlsFiles.ends().forEach(meters::certificateEnd);
    meters.add(data.statistics());
    if (settings.database().isEmpty()) {
      meters.postgresRestarts(data, StoredData::restarts);
      meters.disk(StoredData.directory(settings, demo).path());
    }
    grpc =
        new GrpcServer(
            settings, data.stores(), Clock.systemUTC(), readiness, meters, accessLog, tls);
    grpc.start();
  }

  /** Reports the same progress, also at {@code /readyz} until {@link #ready}. */
  public ProgressListener reporting(ProgressListener progress) {
    return text -> {
      readiness.starting(text);
      progress.begin(text);
    };
  }

  /**
   * Opens the database. Waits for a command that uses the embedded one.
   *
   * @throws dev.workflowsteps.server.config.StartupException if it can't
   */
  public void openDatabase(ProgressListener progress) {
    data.open(reporting(progress));
  }

  /** Everything that the process serves responds: the database decides from here on. */
  public void ready() {
    readiness.begin(List.of(new Check(DATABASE, data::problem)));
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

  public AccessLog accessLog() {
    return accessLog;
  }

  /** The certificate and key of the ports; empty = they speak plaintext. */
  public Optional<KeyManagerFactory> identity() {
    return identity;
  }

  public int adminPort() {
    return admin.address().port();
  }

  /** Reports the server as not ready; it still serves calls. */
  public void announceStop() {
    readiness.drain();
  }

  /**
   * Waits for running calls, at most for the setting {@code drain-timeout}, then closes everything.
   */
  @Override
  public void close() {
    readiness.drain();
    grpc.drain(settings.get(Setting.DRAIN_TIMEOUT));
    closeNow();
  }

  private void closeNow() {
    readiness.close();
    if (grpc != null) {
      grpc.close();
    }
    if (data != null) {
      data.close();
    }
    if (admin != null) {
      admin.close();
    }
    meters.close();
    tlsFiles.close();
  }
}
