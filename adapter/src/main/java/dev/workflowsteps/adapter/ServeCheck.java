package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.upstream.UpstreamServers;
import dev.workflowsteps.server.Ports;
import dev.workflowsteps.server.Ports.Port;
import dev.workflowsteps.server.StoredData;
import dev.workflowsteps.server.cli.ServerCheck;
import dev.workflowsteps.server.config.CheckedSettings;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code serve}, {@code serve-grpc} and {@code serve-rest} need, each part tried by itself.
 */
final class ServeCheck {

  /** A process that has just begun is slow: the first question of an upstream may take seconds. */
  private static final Duration UPSTREAM_PATIENCE = Duration.ofSeconds(6);

  private static final long UPSTREAM_PAUSE_MILLIS = 50;

  private final CheckedSettings checked;
  private final Settings settings;
  private final List<StartupException> problems = new ArrayList<>();

  private ServeCheck(CheckedSettings checked) {
    this.checked = checked;
    this.settings = checked.settings();
  }

  /** As {@link ServerCheck#problems}. */
  static List<StartupException> problems(
      ServerCheck.Server server, CheckedSettings settings, boolean demo) {
    ServeCheck check = new ServeCheck(settings);
    switch (server) {
      case SERVE -> check.serve(List.of(Ports.REST, Ports.GRPC), demo);
      case SERVE_GRPC -> check.serve(List.of(Ports.GRPC), demo);
      case SERVE_REST -> check.serveRest();
    }
    return List.copyOf(check.problems);
  }

  private void serve(List<Port> ports, boolean demo) {
    network(ports);
    try (TlsFiles files = new TlsFiles(settings)) {
      identity(files, Setting.TLS_CERTIFICATE, Setting.TLS_KEY);
      attempt(() -> files.trust(Setting.TLS_CLIENT_CA), Setting.TLS_CLIENT_CA);
    }
    attempt(
        () -> StoredData.check(settings, demo),
        Setting.DATA_DIR,
        Setting.DATABASE_URL,
        Setting.DATABASE_USER,
        Setting.DATABASE_PASSWORD,
        Setting.DATABASE_POOL_SIZE,
        Setting.ALLOW_STANDBY);
  }

  private void serveRest() {
    network(List.of(Ports.REST));
    attempt(() -> ServeRest.upstreams(settings), Setting.UPSTREAM);
    attempt(() -> Ports.warnOfPlaintextUpstreams(settings), Setting.UPSTREAM, Setting.UPSTREAM_TLS);
    try (TlsFiles files = new TlsFiles(settings)) {
      identity(files, Setting.TLS_CERTIFICATE, Setting.TLS_KEY);
      int before = problems.size();
      attempt(() -> files.trust(Setting.UPSTREAM_CA), Setting.UPSTREAM_CA);
      identity(files, Setting.UPSTREAM_CERTIFICATE, Setting.UPSTREAM_KEY);
      if (problems.size() == before) {
        attempt(
            () -> askUpstreams(files),
            Setting.UPSTREAM,
            Setting.UPSTREAM_TLS,
            Setting.UPSTREAM_CA,
            Setting.UPSTREAM_CERTIFICATE,
            Setting.UPSTREAM_KEY);
      }
    }
  }

  /**
   * @param serving those that are not the admin port
   */
  private void network(List<Port> serving) {
    List<Port> all = new ArrayList<>(serving);
    all.add(Ports.ADMIN);
    for (Port port : all) {
      attempt(() -> Ports.requirePossible(settings, port), port.host(), port.port());
      for (Port other : all.subList(all.indexOf(port) + 1, all.size())) {
        attempt(
            () -> Ports.requireDistinct(settings, List.of(port, other)),
            port.host(),
            port.port(),
            other.host(),
            other.port());
      }
    }
    attempt(
        () -> Ports.requireEncryption(settings, serving),
        Stream.concat(
                serving.stream().map(Port::host),
                Stream.of(Setting.TLS_CERTIFICATE, Setting.ALLOW_PLAINTEXT))
            .toArray(Setting<?>[]::new));
    attempt(() -> ConnectionLimits.warnIfLowered(settings), Setting.MAX_CONNECTIONS);
  }

  private void identity(TlsFiles files, Setting<Path> certificate, Setting<Path> key) {
    attempt(() -> files.identity(certificate, key), certificate, key);
  }

  /** Each that does not serve is a problem, though one that serves is enough to be ready. */
  private void askUpstreams(TlsFiles files) {
    if (settings.find(Setting.UPSTREAM).isEmpty()) {
      return;
    }
    try (UpstreamServers upstreams =
        UpstreamServers.start(
            ServeRest.upstreams(settings), ServeRest.upstreamTls(settings, files))) {
      long end = System.nanoTime() + UPSTREAM_PATIENCE.toNanos();
      while (!upstreams.problems().isEmpty() && System.nanoTime() - end < 0) {
        Thread.sleep(UPSTREAM_PAUSE_MILLIS);
      }
      upstreams
          .problems()
          .forEach(
              problem ->
                  problems.add(new StartupException(ExitCode.FAILURE, "upstream: " + problem)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tries one thing, unless one of the settings that it uses is faulty. */
  private void attempt(Runnable part, Setting<?>... used) {
    if (!checked.areSound(used)) {
      return;
    }
    try {
      part.run();
    } catch (StartupException e) {
      problems.add(e);
    }
  }
}
