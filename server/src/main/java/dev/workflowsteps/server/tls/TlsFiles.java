package dev.workflowsteps.server.tls;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes key managers and trust managers of the files that settings name. Every handshake meets what
 * the files held last, and nothing that can't be used. To be closed.
 */
public final class TlsFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

  private static final Duration EVERY_SECOND = Duration.ofSeconds(1);

  private final Settings settings;
  private final Clock clock;
  private final Duration pause;
  private final List<WatchedFiles> watched = new CopyOnWriteArrayList<>();
  private final Map<Setting<Path>, Supplier<Instant>> ends = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          new ThreadFactoryBuilder().setNameFormat("tls-files").setDaemon(true).build());

  /** Looks for changes every second, as soon as there are files. */
  public TlsFiles(Settings settings) {
    this(settings, Clock.systemUTC(), EVERY_SECOND);
  }

  TlsFiles(Settings settings, Clock clock, Duration pause) {
    this.settings = settings;
    this.clock = clock;
    this.pause = pause;
  }

  void look() {
    for (WatchedFiles files : watched) {
      try {
        files.look();
      } catch (RuntimeException e) {
        // A task that throws would never run again.
        LOG.error("TLS files could not be looked at; trying again", e);
      }
    }
  }

  /**
   * The identity of a port or a client.
   *
   * @return empty if the settings name no files
   * @throws StartupException with {@code CONFIGURATION} if the files can't be used
   */
  public Optional<KeyManagerFactory> identity(Setting<Path> certificate, Setting<Path> key) {
    Optional<Path> certificatePath = settings.find(certificate);
    if (certificatePath.isEmpty()) {
      return Optional.empty();
    }
    PemFile certificateFile = new PemFile(certificate, certificatePath.get());
    PemFile keyFile = new PemFile(key, settings.find(key).orElseThrow());
    IdentityKeyManager keyManager = new IdentityKeyManager();
    watch(
        List.of(certificateFile, keyFile),
        contents -> {
          Identity identity =
              new Identity(
                  certificateFile.certificates(contents.get(0)),
                  keyFile.privateKey(contents.get(1)));
          if (!identity.matches()) {
            throw certificateFile.unusable(
                "does not begin with the certificate of the key in %s %s; replace both files"
                    .formatted(key, keyFile.path()));
          }
          keyFile
              .problemOfMode()
              .ifPresent(problem -> LOG.warn("{}: {} {}.", key, keyFile.path(), problem));
          return use(keyManager, identity, certificateFile);
        });
    ends.put(certificate, () -> keyManager.latest().orElseThrow().validUntil());
    // Otherwise OpenSSL would read certificate and key again in each handshake.
    return Optional.of(
        new OpenSslCachingX509KeyManagerFactory(new KeyManagerFactoryWrapper(keyManager)));
  }

  /** When the certificates of the identities end, by the settings that name their files. */
  public Map<Setting<Path>, Supplier<Instant>> ends() {
    return Map.copyOf(ends);
  }

  /** When to use it, if it is kept for later. */
  private Optional<Instant> use(IdentityKeyManager keyManager, Identity identity, PemFile file)
      throws UnusableFileException {
    Instant now = clock.instant();
    String what =
        "holds a certificate for %s that is valid from %s until %s"
            .formatted(identity.names(), identity.validFrom(), identity.validUntil());
    if (identity.isValid(now)) {
      LOG.info("{}: {} {}.", file.setting(), file.path(), what);
    } else {
      String invalid = what + ", so clients reject it; replace " + file.setting() + " and its key";
      boolean hasValid = keyManager.latest().filter(used -> used.isValid(now)).isPresent();
      if (hasValid && now.isBefore(identity.validFrom())) {
        LOG.warn(
            "{}: {} {}. Until it is valid, what was read before stays in use.",
            file.setting(),
            file.path(),
            what);
        return Optional.of(identity.validFrom());
      }
      if (hasValid) {
        throw file.unusable(invalid);
      }
      LOG.warn("{}: {} {}.", file.setting(), file.path(), invalid);
    }
    keyManager.use(identity);
    return Optional.empty();
  }

  /**
   * Trusts what the CAs of a file signed.
   *
   * @return empty if the setting names no file
   * @throws StartupException with {@code CONFIGURATION} if the file can't be used
   */
  public Optional<X509ExtendedTrustManager> trust(Setting<Path> ca) {
    Optional<Path> path = settings.find(ca);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    PemFile file = new PemFile(ca, path.get());
    CaTrustManager trustManager = new CaTrustManager();
    watch(
        List.of(file),
        contents -> {
          trustManager.use(file.certificates(contents.get(0)));
          LOG.info("{}: {} is in use.", ca, file.path());
          return Optional.empty();
        });
    return Optional.of(trustManager);
  }

  private void watch(List<PemFile> files, WatchedFiles.Use use) {
    WatchedFiles added = new WatchedFiles(files, clock, use);
    try {
      added.begin();
    } catch (UnusableFileException e) {
      throw new StartupException(ExitCode.CONFIGURATION, e.getMessage(), e);
    }
    if (watched.isEmpty()) {
      var unused =
          timer.scheduleWithFixedDelay(
              this::look, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }
    watched.add(added);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
