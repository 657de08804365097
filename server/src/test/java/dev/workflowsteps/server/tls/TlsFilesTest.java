package dev.workflowsteps.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.workflowsteps.server.TestCa;
import dev.workflowsteps.server.auth.SettableClock;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestDirectories;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class TlsFilesTest {

  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(TlsFilesTest.class.getPackageName());
  private static final TestCa CA = new TestCa();
  private static final X509Bundle FIRST = CA.sign("first.test");
  private static final X509Bundle SECOND = CA.sign("second.test");
  private static final X509Bundle EXPIRED =
      CA.sign(
          TestCa.server("expired.test")
              .notBefore(Instant.parse("2020-01-01T00:00:00Z"))
              .notAfter(Instant.parse("2021-01-01T00:00:00Z")));

  /** The tests themselves look. */
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private Path certificate;
  private Path key;
  private TlsFiles files;
  private X509ExtendedKeyManager keyManager;

  @BeforeEach
  void listen() {
    clock.move(Duration.between(clock.instant(), Instant.now()));
    LOG.setLevel(Level.INFO);
    logged.start();
    LOG.addAppender(logged);
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
  }

  @AfterEach
  void close() {
    LOG.detachAppender(logged);
    LOG.setLevel(null);
    if (files != null) {
      files.close();
    }
  }

  private void start(X509Bundle identity) throws IOException {
    write(identity);
    open(certificate, key);
  }

  private void open(Path certificateFile, Path keyFile) {
    files =
        new TlsFiles(
            Settings.load(
                Map.of(
                    "tls-certificate", certificateFile.toString(), "tls-key", keyFile.toString()),
                Map.of()),
            clock,
            NEVER);
    keyManager =
        (X509ExtendedKeyManager)
            files
                .identity(Setting.TLS_CERTIFICATE, Setting.TLS_KEY)
                .orElseThrow()
                .getKeyManagers()[0];
  }

  @Test
  void noFiles_areNoIdentity() {
    TlsFiles none = new TlsFiles(Settings.load(Map.of(), Map.of()));

    assertThat(none.identity(Setting.TLS_CERTIFICATE, Setting.TLS_KEY)).isEmpty();
    assertThat(none.trust(Setting.TLS_CLIENT_CA)).isEmpty();
    assertThat(none.ends()).isEmpty();
    none.close();
  }

  @Test
  void missingFiles_areNamedTogether() {
    assertThatThrownBy(() -> open(certificate, key))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageStartingWith("tls-certificate: " + certificate + " can't be read (")
        .hasMessageContaining("; tls-key: " + key + " can't be read (");
  }

  @Test
  void newPair_isUsedOnceItIsWhole_andNamed() throws IOException {
    start(FIRST);
    assertShows(FIRST);

    write(SECOND);
    files.look();
    assertShows(FIRST);
    files.look();

    assertShows(SECOND);
    assertThat(lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("INFO tls-certificate: " + certificate + " "));
    assertThat(lines().get(1))
        .contains(
            "for second.test, localhost, 127.0.0.1 ",
            "until " + SECOND.getCertificate().getNotAfter().toInstant());
    assertThat(files.ends().get(Setting.TLS_CERTIFICATE).get())
        .isEqualTo(SECOND.getCertificate().getNotAfter().toInstant());
  }

  /** The certificate comes first, and the key a moment later. */
  @Test
  void filesThatAreReplacedOneAfterTheOther_areAPair_withoutAWarning() throws IOException {
    start(FIRST);

    writeCertificate(SECOND);
    files.look();
    writeKey(SECOND);
    files.look();
    files.look();

    assertShows(SECOND);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void handshakeThatBeganBeforeTheChange_endsWithItsOwnPair() throws IOException {
    start(FIRST);
    String alias = keyManager.chooseEngineServerAlias("EC", null, null);

    write(SECOND);
    files.look();
    files.look();

    assertThat(keyManager.getCertificateChain(alias)).containsExactly(FIRST.getCertificatePath());
    assertThat(keyManager.getPrivateKey(alias)).isEqualTo(FIRST.getKeyPair().getPrivate());
  }

  /** As Kubernetes does: the files are links into a folder that a link names. */
  @Test
  void linkThatIsSwapped_isAChange() throws IOException {
    Path one = Files.createDirectory(folder.resolve("..1"));
    Path two = Files.createDirectory(folder.resolve("..2"));
    TestCa.settings(one, FIRST);
    TestCa.settings(two, SECOND);
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one.getFileName());
    Files.createSymbolicLink(certificate, data.getFileName().resolve("tls.crt"));
    Files.createSymbolicLink(key, data.getFileName().resolve("tls.key"));
    open(certificate, key);
    assertShows(FIRST);

    Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), two.getFileName());
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    files.look();
    files.look();

    assertShows(SECOND);
  }

  private enum Broken {
    MISSING("can't be read") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.delete(certificate);
      }
    },
    OF_ANOTHER_KEY("does not begin with the certificate of the key in tls-key") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(certificate, SECOND.getCertificatePathPEM());
      }
    },
    EMPTY("holds no certificate (expected: BEGIN CERTIFICATE)") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(certificate, "");
      }
    },
    CUT_OFF("holds a certificate that can't be read") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(certificate, SECOND.getCertificatePathPEM().substring(0, 200));
      }
    },
    LARGE("has more than 1048576 bytes") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(certificate, FIRST.getCertificatePathPEM().repeat(10_000));
      }
    },
    KEY_WITHOUT_A_KEY("holds no private key (expected: BEGIN PRIVATE KEY)") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(key, FIRST.getCertificatePathPEM());
      }
    },
    KEY_OF_OPENSSL("convert it with openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW_KEY") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(
            key, FIRST.getPrivateKeyPEM().replace(" PRIVATE KEY", " RSA PRIVATE KEY"));
      }
    },
    KEY_WITH_A_PASSWORD("convert it with openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW_KEY") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(
            key, FIRST.getPrivateKeyPEM().replace(" PRIVATE KEY", " ENCRYPTED PRIVATE KEY"));
      }
    },
    KEY_OF_NO_USE("holds no key of RSA or EC that can be read") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
      }
    },
    EXPIRED_LATER("until 2021-01-01T00:00:00Z, so clients reject it") {
      @Override
      void write(Path certificate, Path key) throws IOException {
        Files.writeString(certificate, EXPIRED.getCertificatePathPEM());
        Files.writeString(key, EXPIRED.getPrivateKeyPEM());
      }
    };

    private final String problem;

    Broken(String problem) {
      this.problem = problem;
    }

    abstract void write(Path certificate, Path key) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void newPairOfNoUse_isSaidOnce_andTheOldOneStays(Broken broken) throws IOException {
    start(FIRST);

    broken.write(certificate, key);
    for (int i = 0; i < 5; i++) {
      files.look();
    }

    assertShows(FIRST);
    assertThat(warnings()).hasSize(1);
    assertThat(warnings().get(0))
        .containsPattern("^WARN tls-(certificate|key): " + folder)
        .contains(broken.problem)
        .endsWith(". Until then, what was read before stays in use.");

    write(SECOND);
    files.look();
    files.look();
    assertShows(SECOND);
    assertThat(warnings()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXPIRED_LATER")
  void pairOfNoUse_atTheStart_isAnInvalidSetting(Broken broken) throws IOException {
    write(FIRST);
    broken.write(certificate, key);

    assertThatThrownBy(() -> open(certificate, key))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining(broken.problem);
  }

  @Test
  void expiredCertificate_atTheStart_isAWarning() throws IOException {
    start(EXPIRED);

    assertShows(EXPIRED);
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(
            "for expired.test, localhost, 127.0.0.1",
            "until 2021-01-01T00:00:00Z, so clients reject it; replace tls-certificate and its key");
  }

  @Test
  void certificateOfLater_isUsedWhenItsTimeComes_withoutAChangeOfTheFiles() throws IOException {
    start(FIRST);
    X509Bundle later = later();
    Instant begin = later.getCertificate().getNotBefore().toInstant();

    write(later);
    for (int i = 0; i < 5; i++) {
      files.look();
    }
    assertShows(FIRST);
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("for later.test, ", " is valid from " + begin)
        .endsWith(". Until it is valid, what was read before stays in use.");

    clock.move(Duration.between(clock.instant(), begin.minusMillis(1)));
    files.look();
    assertShows(FIRST);
    clock.move(Duration.ofMillis(1));
    files.look();

    assertShows(later);
    files.look();
    assertThat(warnings()).hasSize(1);
    assertThat(lines()).hasSize(3).last().asString().startsWith("INFO tls-certificate: ");
  }

  @Test
  void certificateOfLater_thatIsReplacedBefore_isNeverUsed() throws IOException {
    start(FIRST);
    write(later());
    files.look();
    files.look();
    write(SECOND);
    files.look();
    files.look();

    clock.move(Duration.ofHours(2));
    files.look();
    files.look();

    assertShows(SECOND);
  }

  @Test
  void certificateOfLater_isUsedAtOnce_ifNoOtherIsValid() throws IOException {
    start(EXPIRED);
    X509Bundle later = later();

    write(later);
    files.look();
    files.look();

    assertShows(later);
    assertThat(warnings().get(1)).contains("so clients reject it");
  }

  @ParameterizedTest
  @CsvSource({
    "rwxr-xr-x, rw-r--r--, true",
    "rwxr-xr-x, rw-r-----, false",
    "rwxr-xr-x, rw-------, false",
    "rwxr-x---, rw-r--r--, false"
  })
  void keyThatEverybodyCanRead_isAWarning(String way, String mode, boolean warns)
      throws IOException {
    Path open = TestDirectories.empty();
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(way));
    certificate = open.resolve("tls.crt");
    key = open.resolve("tls.key");
    write(FIRST);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));

    open(certificate, key);

    assertShows(FIRST);
    String warning = "WARN tls-key: %s can be read by every user of this machine; run chmod o= %s.";
    assertThat(warnings())
        .isEqualTo(warns ? List.of(warning.formatted(key, key.toRealPath())) : List.of());
  }

  @Test
  void rsaKey_isShownToClientsThatWantOne() throws IOException {
    start(CA.sign(TestCa.server("rsa.test").algorithm(CertificateBuilder.Algorithm.rsa2048)));

    assertThat(keyManager.chooseEngineServerAlias("EC", null, null)).isNull();
    assertThat(keyManager.chooseEngineServerAlias("RSA", null, null)).isNotNull();
    assertThat(keyManager.chooseEngineClientAlias(new String[] {"EC", "RSA"}, null, null))
        .isNotNull();
  }

  /** A chain may have comments, and the key may stand in the same file. */
  @Test
  void oneFileWithAllOfIt_isFine() throws IOException {
    Files.writeString(
        certificate,
        "# ours\n"
            + FIRST.getPrivateKeyPEM()
            + FIRST.getCertificatePathPEM()
            + "subject=CN = test CA\n"
            + CA.pem());
    open(certificate, certificate);

    assertThat(chain()).hasSize(2).startsWith(FIRST.getCertificate());
  }

  @Test
  void cas_areReplacedToo() throws Exception {
    Path ca = Files.writeString(folder.resolve("ca.crt"), new TestCa().pem());
    write(FIRST);
    files =
        new TlsFiles(
            Settings.load(
                Map.of(
                    "tls-client-ca", ca.toString(),
                    "tls-certificate", certificate.toString(),
                    "tls-key", key.toString()),
                Map.of()),
            Clock.systemUTC(),
            NEVER);
    var trust = files.trust(Setting.TLS_CLIENT_CA).orElseThrow();
    assertThatThrownBy(() -> trust.checkClientTrusted(FIRST.getCertificatePath(), "EC"))
        .hasMessageContaining("PKIX");

    Files.writeString(ca, CA.pem());
    files.look();
    files.look();

    trust.checkClientTrusted(FIRST.getCertificatePath(), "EC");
    assertThat(trust.getAcceptedIssuers()).isEmpty();
  }

  /** Valid from the next hour on. */
  private X509Bundle later() {
    return CA.sign(
        TestCa.server("later.test").notBefore(clock.instant().plus(Duration.ofHours(1))));
  }

  private void write(X509Bundle identity) throws IOException {
    writeCertificate(identity);
    writeKey(identity);
  }

  private void writeCertificate(X509Bundle identity) throws IOException {
    Files.writeString(certificate, identity.getCertificatePathPEM());
  }

  private void writeKey(X509Bundle identity) throws IOException {
    Files.writeString(key, identity.getPrivateKeyPEM());
  }

  private void assertShows(X509Bundle identity) {
    assertThat(chain()).isEqualTo(List.of(identity.getCertificatePath()));
  }

  private List<X509Certificate> chain() {
    String alias = keyManager.chooseEngineServerAlias("EC", null, null);
    return List.of(keyManager.getCertificateChain(alias));
  }

  private List<String> lines() {
    return logged.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  private List<String> warnings() {
    return lines().stream().filter(line -> line.startsWith(Level.WARN.toString())).toList();
  }
}
