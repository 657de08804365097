package dev.workflowsteps.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  private static final Map<String, String> NONE = Map.of();

  @TempDir private Path directory;

  @Test
  void load_nothingGiven_givesTheDefaults() {
    Settings settings = Settings.load(NONE, Map.of("PATH", "/bin"));

    assertThat(
            Setting.ALL.stream()
                .collect(Collectors.toMap(Setting::name, s -> settings.shown(s).orElse("-"))))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("data-dir", "-"),
                Map.entry("database-url", "-"),
                Map.entry("database-user", "-"),
                Map.entry("database-password", "-"),
                Map.entry("migration-database-url", "-"),
                Map.entry("database-pool-size", "10"),
                Map.entry("organization-requests-per-second", "0"),
                Map.entry("organization-bytes-per-second", "0"),
                Map.entry("allow-standby", "false"),
                Map.entry("rest-host", "127.0.0.1"),
                Map.entry("rest-port", "8080"),
                Map.entry("cors-origins", "-"),
                Map.entry("grpc-host", "127.0.0.1"),
                Map.entry("grpc-port", "50051"),
                Map.entry("admin-host", "127.0.0.1"),
                Map.entry("admin-port", "9464"),
                Map.entry("tls-certificate", "-"),
                Map.entry("tls-key", "-"),
                Map.entry("tls-client-ca", "-"),
                Map.entry("allow-plaintext", "false"),
                Map.entry("hsts-max-age", "0s"),
                Map.entry("admin-allowed-hosts", "-"),
                Map.entry("upstream", "-"),
                Map.entry("upstream-tls", "false"),
                Map.entry("upstream-ca", "-"),
                Map.entry("upstream-certificate", "-"),
                Map.entry("upstream-key", "-"),
                Map.entry("page-bytes", "3670016"),
                Map.entry("max-connections", "-"),
                Map.entry("max-connections-per-address", "-"),
                Map.entry("max-connections-per-organization", "-"),
                Map.entry("trusted-addresses", "127.0.0.0/8,::1"),
                Map.entry("wrong-keys-per-minute", "600"),
                Map.entry("call-timeout", "30s"),
                Map.entry("request-timeout", "10s"),
                Map.entry("drain-delay", "5s"),
                Map.entry("drain-timeout", "25s"),
                Map.entry("log-format", "plain"),
                Map.entry("log-level", "info"),
                Map.entry("access-log", "errors")));
    assertThat(settings.get(Setting.CALL_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.get(Setting.LOG_LEVEL)).isEqualTo(LogLevel.INFO);
  }

  @Test
  void load_laterSources_winAndAreNamed() throws IOException {
    Path file = file("rest-port=1\ngrpc-port=1\nadmin-port=1\n");

    Settings loaded =
        Settings.load(
            Map.of("config", file.toString(), "rest-port", "3"),
            Map.of("WFS_REST_PORT", "2", "WFS_GRPC_PORT", "2"));

    assertThat(loaded.get(Setting.REST_PORT)).isEqualTo(3);
    assertThat(loaded.get(Setting.GRPC_PORT)).isEqualTo(2);
    assertThat(loaded.get(Setting.ADMIN_PORT)).isEqualTo(1);
    assertThat(origin(loaded, Setting.REST_PORT)).isEqualTo("flag --rest-port");
    assertThat(origin(loaded, Setting.GRPC_PORT)).isEqualTo("environment WFS_GRPC_PORT");
    assertThat(origin(loaded, Setting.ADMIN_PORT)).isEqualTo("file " + file);
    assertThat(origin(loaded, Setting.REST_HOST)).isEqualTo("default");
  }

  @Test
  void load_fileNamedByTheEnvironment_isRead() throws IOException {
    Path file = file("# how we log\nlog-format = json \n");

    Settings settings = Settings.load(NONE, Map.of("WFS_CONFIG", file.toString()));

    assertThat(settings.get(Setting.LOG_FORMAT)).isEqualTo(LogFormat.JSON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "rest-port           ; 80800     ; 0..65535",
        "rest-port           ; -1        ; 0..65535",
        "rest-port           ; 1e3       ; 0..65535",
        "rest-port           ; ٣         ; 0..65535",
        "database-pool-size  ; 0         ; 1..500",
        "allow-standby       ; yes       ; true|false",
        "page-bytes          ; 4MiB      ; 65536..67108864",
        "call-timeout        ; 10        ; 100ms..10m, a number with ms, s, m, h or d",
        "call-timeout        ; 0s        ; 100ms..10m, a number with ms, s, m, h or d",
        "drain-delay         ; 11m       ; 0s..10m, a number with ms, s, m, h or d",
        "log-format          ; xml       ; plain|json",
        "log-level           ; trace     ; error|warn|info|debug",
        "rest-host           ; a:8080    ; a host name or an IP address, without a port",
        "admin-allowed-hosts ; a,b:1     ; 'host names without a port, several with commas'",
        "upstream            ; localhost ; HOST:PORT, several with commas, an IPv6 address in brackets",
        "upstream            ; ::1:50051 ; HOST:PORT, several with commas, an IPv6 address in brackets",
        "upstream            ; a:1,,b:2  ; HOST:PORT, several with commas, an IPv6 address in brackets",
        "upstream            ; 'a:1, b:2'; HOST:PORT, several with commas, an IPv6 address in brackets",
        "cors-origins        ; a.example ; 'SCHEME://HOST[:PORT], several with commas, or *'",
        "upstream            ; host:0    ; HOST:PORT, several with commas, an IPv6 address in brackets",
      })
  void load_badValue_namesSettingValueExpectedAndOrigin(
      String name, String value, String expected) {
    assertRefused(
        () -> Settings.load(Map.of(name, value), NONE),
        name + ": " + value + " (expected: " + expected + "; from flag --" + name + ")");
  }

  @Test
  void load_upstream_takesSeveral_eachOnce() {
    assertThat(
            Settings.load(Map.of("upstream", "a.example:1,[::1]:2,a.example:1"), NONE)
                .find(Setting.UPSTREAM))
        .hasValue(List.of(new HostPort("a.example", 1), new HostPort("::1", 2)));
  }

  @Test
  void load_badValueInTheEnvironment_namesTheVariable() {
    assertRefused(
        () -> Settings.load(NONE, Map.of("WFS_REST_PORT", "80800")),
        "rest-port: 80800 (expected: 0..65535; from environment WFS_REST_PORT)");
  }

  @Test
  void load_emptyValue_isRefusedAndNotTakenForAbsent() {
    assertRefused(
        () -> Settings.load(NONE, Map.of("WFS_DATABASE_URL", "")),
        "database-url: \"\" (expected: postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE"
            + "[?PARAMETERS]; from environment WFS_DATABASE_URL)");
  }

  @Test
  void load_badValueThatALaterSourceCovers_doesNotMatter() {
    Settings settings = Settings.load(Map.of("rest-port", "1"), Map.of("WFS_REST_PORT", "x"));

    assertThat(settings.get(Setting.REST_PORT)).isEqualTo(1);
  }

  @Test
  void load_unknownNames_areRefusedWithTheNearOne() throws IOException {
    Path file = file("rest-prt=1\n");

    assertRefused(
        () -> Settings.load(Map.of("rest-ports", "1"), NONE),
        "unknown setting rest-ports (a flag); did you mean rest-port?");
    assertRefused(
        () -> Settings.load(NONE, Map.of("WFS_REST_PROT", "1")),
        "unknown setting WFS_REST_PROT (a variable of the environment; those that start with WFS_"
            + " are settings); did you mean WFS_REST_PORT?");
    assertRefused(
        () -> Settings.load(Map.of("config", file.toString()), NONE),
        "unknown setting rest-prt (in the file " + file + "); did you mean rest-port?");
  }

  @Test
  void load_unknownNameWithNoneNear_pointsToTheList() {
    assertRefused(
        () -> Settings.load(Map.of("colour", "red"), NONE),
        "unknown setting colour (a flag); the command config prints every setting");
  }

  @Test
  void load_missingFile_isRefused() {
    assertThatThrownBy(() -> Settings.load(Map.of("config", "/nowhere/x.properties"), NONE))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("config: /nowhere/x.properties can't be read (");
  }

  @Test
  void load_secretFromAFile_losesTheLastLineFeedOnly() throws IOException {
    Path file = file(" s3cret\n\n");

    Settings loaded =
        Settings.load(
            NONE,
            Map.of(
                "WFS_DATABASE_URL",
                "postgresql://db/steps",
                "WFS_DATABASE_PASSWORD_FILE",
                file.toString()));

    assertThat(loaded.find(Setting.DATABASE_PASSWORD).orElseThrow().value()).isEqualTo(" s3cret\n");
    assertThat(origin(loaded, Setting.DATABASE_PASSWORD))
        .isEqualTo("environment WFS_DATABASE_PASSWORD_FILE");
  }

  @Test
  void load_secretGivenTwice_isRefused() throws IOException {
    Path file = file("s3cret");

    assertRefused(
        () ->
            Settings.load(
                NONE,
                Map.of(
                    "WFS_DATABASE_PASSWORD",
                    "s3cret",
                    "WFS_DATABASE_PASSWORD_FILE",
                    file.toString())),
        "both environment WFS_DATABASE_PASSWORD and environment WFS_DATABASE_PASSWORD_FILE are"
            + " given (expected: one of them)");
  }

  @ParameterizedTest
  @CsvSource({
    "database-user, app, database-url",
    "tls-certificate, tls.crt, tls-key",
    "tls-key, tls.key, tls-certificate",
    "tls-client-ca, ca.crt, tls-certificate",
    "hsts-max-age, 365d, tls-certificate",
    "upstream-ca, ca.crt, upstream-tls",
    "upstream-certificate, tls.crt, upstream-tls",
    "upstream-key, tls.key, upstream-certificate"
  })
  void load_settingThatNothingUses_isRefused(String setting, String value, String needed) {
    assertRefused(
        () -> Settings.load(Map.of(setting, value, "upstream-tls", "false"), NONE),
        setting
            + ": given without "
            + needed
            + " (from flag --"
            + setting
            + "); give both or neither");
  }

  @Test
  void check_givesWhatIsValid_andEveryProblem() {
    Path missing = directory.resolve("missing");

    CheckedSettings checked =
        Settings.check(
            Map.of("rest-port", "x", "grpc-port", "5", "tls-certificate", ""),
            Map.of(
                "WFS_TLS_KEY",
                "tls.key",
                "WFS_DATABASE_PASSWORD_FILE",
                missing.toString(),
                "WFS_COLOUR",
                "red"));

    assertThat(checked.settings().get(Setting.GRPC_PORT)).isEqualTo(5);
    assertThat(checked.settings().get(Setting.REST_PORT)).isEqualTo(8080);
    assertThat(checked.faulty())
        .containsExactlyInAnyOrder(
            Setting.REST_PORT, Setting.TLS_CERTIFICATE, Setting.DATABASE_PASSWORD);
    assertThat(checked.problems())
        .satisfiesExactly(
            problem -> assertThat(problem).startsWith("unknown setting WFS_COLOUR"),
            problem ->
                assertThat(problem)
                    .startsWith("WFS_DATABASE_PASSWORD_FILE: " + missing + " can't be read ("),
            problem -> assertThat(problem).startsWith("rest-port: x (expected: 0..65535"),
            problem -> assertThat(problem).startsWith("tls-certificate: \"\" (expected: a path"));
    assertRefused(checked::orThrow, String.join(System.lineSeparator(), checked.problems()));
  }

  /** The file could have given any of them. */
  @Test
  void check_unreadableFile_leavesNoSettingSound() {
    CheckedSettings checked =
        Settings.check(Map.of("config", "/nowhere/x.properties", "tls-key", "tls.key"), Map.of());

    assertThat(checked.problems()).hasSize(1);
    assertThat(checked.faulty()).hasSameSizeAs(Setting.ALL);
    assertThat(checked.areSound(Setting.REST_PORT)).isFalse();
  }

  @Test
  void load_secrets_areNeverPrinted() {
    Map<String, String> flags =
        Map.of(
            "database-url", "postgresql://app:s3cret@db:5433/steps?sslpassword=s3cret",
            "migration-database-url", "jdbc:postgresql://db/steps?user=own&password=s3cret",
            "database-password", "s3cret");

    Settings loaded = Settings.load(flags, NONE);

    assertThat(loaded.toString()).doesNotContain("s3cret");
    assertThat(shown(loaded, Setting.DATABASE_URL))
        .isEqualTo("postgresql://app:********@db:5433/steps?sslpassword=********");
    assertThat(shown(loaded, Setting.MIGRATION_DATABASE_URL))
        .isEqualTo("postgresql://own:********@db/steps");
    assertThat(shown(loaded, Setting.DATABASE_PASSWORD)).isEqualTo("********");
  }

  @Test
  void load_urlThatCannotBeRead_isNotPrintedEither() {
    assertThatThrownBy(() -> Settings.load(Map.of("database-url", "mysql://u:s3cret@db/x"), NONE))
        .hasMessageStartingWith("database-url: ******** (expected: postgresql://")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void database_loginSettings_winOverTheUrl() {
    Settings settings =
        Settings.load(
            Map.of(
                "database-url", "postgresql://app:one@db/steps?sslmode=require",
                "database-password", "two"),
            NONE);

    assertThat(settings.database())
        .hasValue(
            new DatabaseUrl(
                "jdbc:postgresql://db/steps?sslmode=require",
                Optional.of("app"),
                Optional.of(new Secret("two"))));
    assertThat(settings.migrationDatabase()).isEqualTo(settings.database());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("given"), text);
  }

  private static String origin(Settings loaded, Setting<?> setting) {
    return loaded.origin(setting);
  }

  private static String shown(Settings loaded, Setting<?> setting) {
    return loaded.shown(setting).orElseThrow();
  }

  private static void assertRefused(ThrowingCallable load, String message) {
    assertThatThrownBy(load)
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessage(message);
  }
}
