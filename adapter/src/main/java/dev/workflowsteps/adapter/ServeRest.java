package dev.workflowsteps.adapter;

import dev.workflowsteps.adapter.rest.RestServer;
import dev.workflowsteps.adapter.upstream.LimitedChannel;
import dev.workflowsteps.adapter.upstream.RetryOutcome;
import dev.workflowsteps.adapter.upstream.RetryingChannel;
import dev.workflowsteps.adapter.upstream.UpstreamServers;
import dev.workflowsteps.adapter.upstream.UpstreamTls;
import dev.workflowsteps.server.Ports;
import dev.workflowsteps.server.auth.WrongKeys;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.HostPort;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.network.ConnectionLimits;
import dev.workflowsteps.server.ops.AccessLogger;
import dev.workflowsteps.server.ops.AdminServer;
import dev.workflowsteps.server.ops.BuildInfo;
import dev.workflowsteps.server.ops.Check;
import dev.workflowsteps.server.ops.Meters;
import dev.workflowsteps.server.ops.Readiness;
import dev.workflowsteps.server.tls.TlsFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;

/** REST alone, in front of one or more gRPC servers elsewhere. */
final class ServeRest implements RunningService {

  /** The name of the check. */
  private static final String UPSTREAM = "upstream";

  private final TlsFiles tlsFiles;
  private final Meters meters;
  private final Readiness readiness;
  private final AdminServer admin;
  private final UpstreamServers upstreams;
  private final WrongKeys wrongKeys;
  private final RestServer rest;
  private final List<Line> lines;

  private ServeRest(
      TlsFiles tlsFiles,
      Meters meters,
      Readiness readiness,
      AdminServer admin,
      UpstreamServers upstreams,
      WrongKeys wrongKeys,
      RestServer rest,
      List<Line> lines) {
    this.tlsFiles = tlsFiles;
    this.meters = meters;
    this.readiness = readiness;
    this.admin = admin;
    this.upstreams = upstreams;
    this.wrongKeys = wrongKeys;
    this.rest = rest;
    this.lines = lines;
  }

  static ServeRest start(Settings settings) {
    List<InetSocketAddress> names = upstreams(settings);
    forgetAddressesSoon();
    Ports.requireFree(settings, List.of(Ports.REST, Ports.ADMIN));
    Ports.requireEncryption(settings, List.of(Ports.REST));
    Ports.warnOfPlaintextUpstreams(settings);
    ConnectionLimits.warnIfLowered(settings);
    TlsFiles tlsFiles = new TlsFiles(settings);
    Optional<KeyManagerFactory> identity =
        tlsFiles.identity(Setting.TLS_CERTIFICATE, Setting.TLS_KEY);
    Optional<UpstreamTls> upstreamTls = upstreamTls(settings, tlsFiles);
    BuildInfo build = BuildInfo.current();
    Meters meters = new Meters(build);
    Readiness readiness = new Readiness();
    AdminServer admin =
        AdminServer.start(
            settings.get(Setting.ADMIN_HOST),
            settings.get(Setting.ADMIN_PORT),
            settings.find(Setting.ADMIN_ALLOWED_HOSTS).orElse(List.of()),
            meters.registry(),
            readiness,
            build);
    UpstreamServers upstreams = UpstreamServers.start(names, upstreamTls);
    meter(meters, upstreams);
    meters.ready(readiness::ready);
    meters.check(UPSTREAM, () -> readiness.passed(UPSTREAM));
    tlsFiles.ends().forEach(meters::certificateEnd);
    WrongKeys wrongKeys =
        new WrongKeys(
            settings.get(Setting.WRONG_KEYS_PER_MINUTE),
            settings.get(Setting.TRUSTED_ADDRESSES)::contains);
    meters.wrongKeys(wrongKeys, WrongKeys::keys, WrongKeys::refusals);
    try {
      RestServer rest =
          RestServers.start(
              settings,
              identity,
              new LimitedChannel(
                  new RetryingChannel(
                      upstreams, outcome -> meters.upstreamRetries(label(outcome)).increment()),
                  limit(wrongKeys)),
              meters,
              new AccessLogger(settings.get(Setting.ACCESS_LOG)));
      readiness.begin(
          List.of(new Check(UPSTREAM, upstreams::problem)),
          () -> upstreams.problems().stream().map(problem -> "upstream out: " + problem).toList());
      return new ServeRest(
          tlsFiles,
          meters,
          readiness,
          admin,
          upstreams,
          wrongKeys,
          rest,
          lines(settings, rest, admin));
    } catch (RuntimeException e) {
      upstreams.close();
      admin.close();
      readiness.close();
      meters.close();
      tlsFiles.close();
      throw e;
    }
  }

  private static LimitedChannel.AddressLimit limit(WrongKeys wrongKeys) {
    return new LimitedChannel.AddressLimit() {
      @Override
      public Optional<Duration> refusal(InetAddress address) {
        return wrongKeys.refusal(address);
      }

      @Override
      public Optional<Runnable> begin(InetAddress address, String key) {
        return wrongKeys.begin(address, key);
      }

      @Override
      public void addWrongKey(InetAddress address) {
        wrongKeys.add(address);
      }
    };
  }

  /**
   * The gRPC servers, not looked up.
   *
   * @throws StartupException with {@code CONFIGURATION} if the settings name none
   */
  static List<InetSocketAddress> upstreams(Settings settings) {
    return settings
        .find(Setting.UPSTREAM)
        .orElseThrow(
            () ->
                new StartupException(
                    ExitCode.CONFIGURATION,
                    "upstream: missing (expected: HOST:PORT of a gRPC server, with --upstream); serve"
                        + " runs both in one process"))
        .stream()
        .map(name -> InetSocketAddress.createUnresolved(name.host(), name.port()))
        .toList();
  }

  /** How to connect to them; empty = by plaintext. */
  static Optional<UpstreamTls> upstreamTls(Settings settings, TlsFiles tlsFiles) {
    return settings.get(Setting.UPSTREAM_TLS)
        ? Optional.of(
            new UpstreamTls(
                tlsFiles.trust(Setting.UPSTREAM_CA),
                tlsFiles.identity(Setting.UPSTREAM_CERTIFICATE, Setting.UPSTREAM_KEY)))
        : Optional.empty();
  }

  /**
   * Java keeps what DNS answers for 30 s: so long, servers with new addresses would not be found.
   * It reads this before the first name, and once.
   */
  private static void forgetAddressesSoon() {
    for (String property :
        List.of("networkaddress.cache.ttl", "networkaddress.cache.negative.ttl")) {
      Security.setProperty(property, "1");
    }
  }

  private static void meter(Meters meters, UpstreamServers upstreams) {
    meters.upstreamServers("serving", upstreams::serving);
    meters.upstreamServers("out", () -> upstreams.known() - upstreams.serving());
    for (RetryOutcome outcome : RetryOutcome.values()) {
      // There from the start on, so that the first can be seen as an increase.
      meters.upstreamRetries(label(outcome)).increment(0);
    }
  }

  private static String label(RetryOutcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static List<Line> lines(Settings settings, RestServer rest, AdminServer admin) {
    return List.of(
        new Line(
            "upstream",
            settings.find(Setting.UPSTREAM).orElseThrow().stream()
                .map(HostPort::toString)
                .collect(Collectors.joining(", ", "gRPC ", ""))),
        new Line(
            "ready",
            "REST %s  admin %s  (%s)"
                .formatted(
                    new HostPort(settings.get(Setting.REST_HOST), rest.port()),
                    admin.address(),
                    StartupBanner.sinceStart())));
  }

  @Override
  public List<Line> lines() {
    return lines;
  }

  @Override
  public void announceStop() {
    readiness.drain();
    rest.announceStop();
  }

  @Override
  public CompletableFuture<String> broken() {
    return new CompletableFuture<>();
  }

  @Override
  public void close() {
    readiness.close();
    rest.close();
    wrongKeys.close();
    upstreams.close();
    admin.close();
    meters.close();
    tlsFiles.close();
  }
}
