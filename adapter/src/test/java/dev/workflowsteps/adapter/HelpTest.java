package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The first screen of a help is what a newcomer reads. */
class HelpTest {

  /** Lines of the smallest usual terminal. */
  private static final int SCREEN = 24;

  private final StringWriter data = new StringWriter();
  private final StringWriter words = new StringWriter();

  @Test
  void program_isShort_withExamplesBeforeTheCommands() {
    assertThat(run("--help")).isZero();

    List<String> lines = data.toString().lines().toList();
    assertThat(lines).hasSizeLessThanOrEqualTo(30);
    assertThat(lines.get(0)).startsWith("Stores the step records");
    assertThat(lines)
        .containsSubsequence(
            "Usage: workflow-steps COMMAND [OPTIONS]",
            "Examples:",
            "  workflow-steps serve --demo",
            "Commands:");
    Main.commandLine(Map.of())
        .getSubcommands()
        .keySet()
        .forEach(name -> assertThat(lines).anyMatch(line -> line.startsWith("  " + name + " ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "keys", "keys create", ""})
  void helpAsACommand_isTheSame(String command) {
    assertThat(run((command + " --help").strip().split(" "))).isZero();
    String flag = data.toString();
    data.getBuffer().setLength(0);

    assertThat(run(("help " + command).strip().split(" "))).isZero();

    assertThat(data.toString()).isEqualTo(flag);
  }

  @Test
  void helpOfAnUnknownCommand_isAUsageErrorWithTheNearOne() {
    assertThat(run("help", "keys", "lst")).isEqualTo(2);
    assertThat(words.toString())
        .isEqualToNormalizingNewlines(
            "unknown command lst; did you mean list?\nSee workflow-steps keys --help\n");
  }

  /** They ask what there is. */
  @Test
  void programWithoutACommand_printsItsHelp_asAUsageError() {
    assertThat(run()).isEqualTo(2);
    assertThat(data.toString()).isEmpty();
    String said = words.toString();
    run("--help");
    assertThat(said).isEqualTo(data.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "serve-grpc", "serve-rest", "import", "export", "config"})
  void command_hasItsExamplesOnTheFirstScreen(String name) {
    assertThat(run(name, "--help")).isZero();

    assertThat(data.toString().lines().limit(SCREEN))
        .anyMatch(line -> line.startsWith("Usage: workflow-steps " + name))
        .anyMatch(line -> line.startsWith("Example"))
        .anyMatch(line -> line.startsWith("  workflow-steps " + name + " "))
        .anyMatch(line -> line.contains("--"));
    assertThat(data.toString()).contains("Exit codes:");
  }

  private int run(String... arguments) {
    CommandLine root = Main.commandLine(Map.of());
    root.setOut(new PrintWriter(data, true)).setErr(new PrintWriter(words, true));
    return root.execute(arguments);
  }
}
