package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Setting;
import dev.workflowsteps.server.config.StartupException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

class ServerCommandsTest {

  private static final String ESCAPE = "\u001b";

  /** Lines of the smallest usual terminal. */
  private static final int FIRST_SCREEN = 24;

  private final InMemoryProgram program = new InMemoryProgram();

  @Test
  void everyCommand_opensWhatItsFlagsName() {
    program.keyService.ensureOrganization("acme", true);

    program.run("keys", "list", "--organization", "acme", "--data-dir", "/data", "--demo");

    assertThat(program.settings.find(Setting.DATA_DIR)).hasValue(Path.of("/data"));
    assertThat(program.demo).isTrue();
    assertThat(program.command).isEqualTo("keys list");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys list --organization acme",
        "import --organization acme -",
        "export --organization acme",
        "organizations delete --organization acme --yes",
        "organizations limit --organization acme",
        "organizations list",
        "migrate",
      })
  void everyCommand_namesItsDatabaseOnStderr(String command) {
    program.keyService.ensureOrganization("acme", true);

    assertThat(program.run(command.split(" "))).isZero();

    assertThat(program.allWords()).startsWith(InMemoryProgram.DATABASE);
    assertThat(program.data()).doesNotContain("database");
  }

  @Test
  void demoInAnExternalDatabase_isRefused() {
    program.variables.put("WFS_DATABASE_URL", "postgresql://db/steps");

    assertThat(program.run("keys", "list", "--organization", "acme", "--demo")).isEqualTo(3);
    assertThat(program.words()).startsWith("--demo: given together with database-url");
    assertThat(program.opened).isZero();
  }

  @Test
  void storageThatCannotBeOpened_exitsWithItsCodeAndItsSentence() {
    program.opener =
        (settings, demo, command, progress) -> {
          throw new StartupException(ExitCode.DATABASE, "DATA is held by serve (pid 7); stop it");
        };

    assertThat(program.run("keys", "list", "--organization", "acme")).isEqualTo(4);
    assertThat(program.words()).isEqualToIgnoringNewLines("DATA is held by serve (pid 7); stop it");
  }

  @Test
  void storageThatGoesAway_exitsWithTheDatabaseCode() {
    program.opener =
        (settings, demo, command, progress) -> {
          throw new FailedCallException(
              FailedCallException.Reason.UNAVAILABLE, "connection refused");
        };

    assertThat(program.run("keys", "list", "--organization", "acme")).isEqualTo(4);
    assertThat(program.words()).startsWith("The database is unavailable (connection refused).");
  }

  @Test
  void errorOfTheProgram_isToldWithItsTrace() {
    program.opener =
        (settings, demo, command, progress) -> {
          throw new IllegalStateException("impossible");
        };

    assertThat(program.run("keys", "list", "--organization", "acme")).isEqualTo(1);
    assertThat(program.words())
        .startsWith("This is a bug in workflow-steps. Please report it:")
        .contains("IllegalStateException: impossible", "\tat ");
  }

  @Test
  void misspeltFlag_isAUsageErrorWithTheNearOne() {
    assertThat(program.run("config", "--rest-prot", "1")).isEqualTo(2);
    assertThat(program.words())
        .isEqualToNormalizingNewlines(
            "unknown option --rest-prot; did you mean --rest-port?\n"
                + "See workflow-steps config --help\n");
  }

  @Test
  void misspeltCommand_isAUsageErrorWithTheNearOne() {
    assertThat(program.run("confg")).isEqualTo(2);
    assertThat(program.words()).startsWith("unknown command confg; did you mean config?");
  }

  @Test
  void misspeltFlag_itsValueIsNotEchoed() {
    assertThat(program.run("config", "--database-pasword=s3cret")).isEqualTo(2);
    assertThat(program.words())
        .startsWith("unknown option --database-pasword; did you mean --database-password?")
        .doesNotContain("s3cret");
  }

  @Test
  void optionBeforeItsCommand_isAUsageErrorThatSaysWhereItGoes() {
    assertThat(program.run("--log-level", "debug", "config")).isEqualTo(2);
    assertThat(program.words())
        .startsWith(
            "unknown option --log-level; it goes behind a command, as in workflow-steps config"
                + " --log-level");
    assertThat(program.run("keys", "--organization", "acme", "list")).isEqualTo(2);
    assertThat(program.words())
        .startsWith(
            "unknown option --organization; it goes behind a command, as in workflow-steps keys"
                + " create --organization");
  }

  /** The disk of a redirected stdout is full. */
  @ParameterizedTest
  @ValueSource(strings = {"config", "keys list --organization acme", "version", "migrate"})
  void stdoutThatTakesNothing_isAFailure(String command) {
    program.keyService.ensureOrganization("acme", true);
    program.full = true;

    assertThat(program.run(command.split(" "))).isEqualTo(1);

    assertThat(program.words())
        .isEqualToIgnoringNewLines(
            "stdout can't be written: its reader has ended, or its disk is full");
  }

  /** As if it were piped into head. */
  @ParameterizedTest
  @ValueSource(strings = {"config --help", "help", "keys --help", "help keys list"})
  void helpThatNobodyReads_isNoFailure(String command) {
    program.full = true;

    assertThat(program.run(command.split(" "))).isZero();

    assertThat(program.words()).isEmpty();
  }

  @Test
  void argumentThatNobodyAskedFor_isAUsageError() {
    assertThat(program.run("version", "now")).isEqualTo(2);
    assertThat(program.words()).startsWith("unexpected argument now");
  }

  @Test
  void config_printsEverySettingWithItsOriginAndNoSecret() {
    program.variables.put("WFS_DATABASE_URL", "postgresql://app:s3cret@db/steps");
    program.variables.put("WFS_DATABASE_PASSWORD", "s3cret");

    assertThat(program.run("config", "--rest-port", "8081")).isZero();

    assertThat(program.data().lines()).hasSize(1 + Setting.ALL.size());
    assertThat(program.data().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .contains(
            "SETTING|VALUE|ORIGIN",
            "data-dir|-|default",
            "database-url|postgresql://app:********@db/steps|environment WFS_DATABASE_URL",
            "database-password|********|environment WFS_DATABASE_PASSWORD",
            "rest-port|8081|flag --rest-port",
            "grpc-port|50051|default");
    assertThat(program.words()).isEmpty();
  }

  @Test
  void config_json_isAnObjectForEachSetting() {
    program.variables.put("WFS_DATABASE_URL", "postgresql://app:s3cret@db/steps");

    assertThat(program.run("config", "--output", "json", "--rest-port", "8081")).isZero();

    assertThat(program.data().lines()).hasSameSizeAs(Setting.ALL);
    assertThat(program.data().lines())
        .contains(
            "{\"setting\":\"data-dir\",\"value\":null,\"origin\":\"default\"}",
            "{\"setting\":\"database-url\",\"value\":\"postgresql://app:********@db/steps\",\"origin\":\"environment WFS_DATABASE_URL\"}",
            "{\"setting\":\"rest-port\",\"value\":\"8081\",\"origin\":\"flag --rest-port\"}");
  }

  @Test
  void config_badSetting_exitsWithTheConfigurationCode() {
    assertThat(program.run("config", "--rest-port", "80800")).isEqualTo(3);
    assertThat(program.data()).isEmpty();
    assertThat(program.words())
        .isEqualToIgnoringNewLines("rest-port: 80800 (expected: 0..65535; from flag --rest-port)");
  }

  @Test
  void config_severalBadSettings_areReportedAtOnce() {
    program.variables.put("WFS_REST_PROT", "1");
    program.variables.put("WFS_DATABASE_PASSWORD", "s3cret");

    assertThat(program.run("config", "--rest-port", "80800")).isEqualTo(3);

    assertThat(program.words().lines())
        .containsExactly(
            "unknown setting WFS_REST_PROT (a variable of the environment; those that start with"
                + " WFS_ are settings); did you mean WFS_REST_PORT?",
            "rest-port: 80800 (expected: 0..65535; from flag --rest-port)",
            "database-password: given without database-url (from environment"
                + " WFS_DATABASE_PASSWORD); give both or neither");
  }

  @Test
  void configCheck_withoutProblems_saysSo() {
    List<ServerCheck.Server> asked = new ArrayList<>();
    program.check =
        (server, settings, demo) -> {
          asked.add(server);
          return List.of();
        };

    assertThat(program.run("config", "--check")).isZero();
    assertThat(program.data()).isEqualToIgnoringNewLines("serve: no problem found");
    assertThat(program.run("config", "--check=serve-rest", "--output=json")).isZero();
    assertThat(program.data())
        .isEqualToIgnoringNewLines("{\"command\":\"serve-rest\",\"problems\":[]}");
    assertThat(program.run("config", "--check", "serve-grpc", "--demo")).isZero();

    assertThat(asked)
        .containsExactly(
            ServerCheck.Server.SERVE, ServerCheck.Server.SERVE_REST, ServerCheck.Server.SERVE_GRPC);
    assertThat(program.opened).isZero();
  }

  @Test
  void configCheck_reportsWhatIsWrongWithSettings_andWhatIsTried_atOnce() {
    program.variables.put("WFS_DATABASE_URL", "postgresql://app:s3cret@db/steps");
    program.check =
        (server, settings, demo) -> {
          assertThat(settings.settings().database()).isPresent();
          assertThat(settings.faulty()).containsExactly(Setting.REST_PORT);
          return List.of(
              new StartupException(ExitCode.DATABASE, "no \"database\""),
              new StartupException(ExitCode.CONFIGURATION, "no file"));
        };

    assertThat(program.run("config", "--check", "--rest-port=x", "--output=json")).isEqualTo(3);

    assertThat(program.words().lines())
        .containsExactly(
            "rest-port: x (expected: 0..65535; from flag --rest-port)",
            "no \"database\"",
            "no file");
    assertThat(program.data())
        .isEqualToIgnoringNewLines(
            "{\"command\":\"serve\",\"problems\":[\"rest-port: x (expected: 0..65535; from flag"
                + " --rest-port)\",\"no \\\"database\\\"\",\"no file\"]}");
    assertThat(program.words() + program.data()).doesNotContain("s3cret");
  }

  @Test
  void configCheck_onlyTheDatabaseAway_exitsWithItsCode() {
    program.check =
        (server, settings, demo) ->
            List.of(new StartupException(ExitCode.DATABASE, "the database can't be reached"));

    assertThat(program.run("config", "--check")).isEqualTo(4);
    assertThat(program.data()).isEmpty();
    assertThat(program.words()).isEqualToIgnoringNewLines("the database can't be reached");
  }

  @Test
  void configCheck_ofAnotherCommand_isAUsageError() {
    assertThat(program.run("config", "--check=import")).isEqualTo(2);
    assertThat(program.words())
        .startsWith("--check: import (expected: serve, serve-grpc or serve-rest)");
  }

  @Test
  void migrate_json_isOneObject() {
    program.left = 7;

    assertThat(program.run("migrate", "--output", "json")).isZero();

    assertThat(program.data())
        .isEqualToIgnoringNewLines(
            "{\"schema_version\":\"3\",\"migrations_applied\":2,\"steps_filled\":4000,\"steps_left\":7}");
  }

  @Test
  void migrate_tellsWhatWasApplied() {
    assertThat(program.run("migrate")).isZero();
    assertThat(program.data())
        .isEqualToIgnoringNewLines("schema 3, 2 migrations applied, 4,000 steps filled");
    assertThat(program.words()).isEmpty();
  }

  @Test
  void migrate_thatLeavesStepsUnfilled_saysHowMany_andTheRemedy() {
    program.left = 1_200;

    assertThat(program.run("migrate")).isZero();

    assertThat(program.words())
        .contains("1,200 steps are left to fill", "Stop the last such server, then run this again");
  }

  /** A job's log is no terminal, and a migration may take hours. */
  @Test
  void migrate_withoutATerminal_saysOnStderrWhatItDoes() {
    program.phases = List.of("migrating", "migrating, 1,000 rows so far");

    program.run("migrate");

    assertThat(program.allWords().lines())
        .containsExactly("migrating", "migrating, 1,000 rows so far", "database: in memory");
  }

  @Test
  void migrateDistribute_distributesToo() {
    program.phases = List.of("migrating");

    assertThat(program.run("migrate", "--distribute")).isZero();

    assertThat(program.allWords().lines())
        .containsExactly("distributing", "migrating", "database: in memory");
  }

  @Test
  void migratePrint_printsTheScriptAlone() {
    assertThat(program.run("migrate", "--print")).isZero();
    assertThat(program.data()).isEqualTo("CREATE ROLE r;\n");
    assertThat(program.allWords()).isEmpty();
  }

  @Test
  void version_namesProgramAndJava() {
    for (String word : List.of("version", "--version", "-V")) {
      InMemoryProgram said = new InMemoryProgram();
      assertThat(said.run(word)).as(word).isZero();
      assertThat(said.data()).startsWith("workflow-steps 1.2.3, Java " + Runtime.version());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import",
        "import-artifacts",
        "export",
        "export-artifacts",
        "runs delete",
        "organizations delete",
        "organizations limit",
        "organizations list",
        "keys create",
        "keys list",
        "keys rotate",
        "keys revoke",
        "migrate",
        "config",
      })
  void help_ofEveryCommand_namesTheSharedFlagsAndTheExitCodes(String command) {
    assertThat(program.run((command + " --help").split(" "))).isZero();
    assertThat(program.data())
        .contains("Usage: workflow-steps " + command)
        .contains("--data-dir", "--demo", "--database-url", "--config")
        .contains("Exit codes:", "6   finished, but stderr reports");
    assertThat(program.data().lines()).allMatch(line -> line.length() <= 90);
    assertThat(program.data().lines().limit(FIRST_SCREEN))
        .anyMatch(line -> line.startsWith("Example"))
        .anyMatch(line -> line.startsWith("  workflow-steps " + command));
  }

  @Test
  void output_thatIsNoTerminals_orNotToBeColored_hasNoEscapeCodes() {
    CommandLine colored = program.commandLine();
    colored.setColorScheme(Help.defaultColorScheme(Ansi.ON));
    assertThat(colored.getSubcommands().get("keys").getUsageMessage()).contains(ESCAPE);

    assertThat(everyHelp(program.commandLine())).isNotEmpty().noneMatch(s -> s.contains(ESCAPE));
    program.variables.put("NO_COLOR", "");
    assertThat(everyScheme(program.commandLine())).contains(Ansi.AUTO);
    program.variables.put("NO_COLOR", "1");
    assertThat(everyScheme(program.commandLine())).containsOnly(Ansi.OFF);
  }

  /** What is not help has none even on a terminal. */
  @Test
  void progress_onATerminal_hasNoEscapeCodes() {
    program.keyService.ensureOrganization("acme", true);
    program.terminal = true;
    program.phases = List.of("migrating", "filling");
    program.input = new ByteArrayInputStream("{\n{}\n".getBytes(UTF_8));

    for (String command :
        List.of("migrate", "import --organization acme -", "export --organization acme", "keys")) {
      program.run(command.split(" "));
      assertThat(program.data() + program.allWords()).as(command).doesNotContain(ESCAPE);
    }
  }

  private static List<String> everyHelp(CommandLine command) {
    return every(command).map(CommandLine::getUsageMessage).toList();
  }

  private static List<Ansi> everyScheme(CommandLine command) {
    return every(command).map(each -> each.getColorScheme().ansi()).toList();
  }

  private static Stream<CommandLine> every(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(ServerCommandsTest::every));
  }
}
