package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.steps.StoredCounts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The README has the members of every object that a command prints. */
class JsonOutputTest {

  private static final String BEGIN = "<!-- json -->\n";
  private static final String END = "<!-- /json -->\n";
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern MEMBER = Pattern.compile("[{,]\"([a-z_]+)\":");

  private final InMemoryProgram program = new InMemoryProgram();

  @Test
  void readme_hasTheMembersOfEveryCommand() throws IOException {
    program.keyService.ensureOrganization("acme", true);
    String key = program.keyService.create("acme", Scope.ALL, Optional.empty()).keyId();
    program.deletion.runs.put("r", new StoredCounts(1, 0, 0));
    Map<String, String> arguments =
        Map.of(
            "keys create", "--organization=acme",
            "keys rotate", "--organization=acme " + key,
            "keys list", "--organization=acme",
            "organizations limit", "--organization=acme",
            "organizations delete", "--organization=acme --dry-run",
            "runs delete", "--organization=acme --dry-run r",
            "import", "--organization=acme -",
            "import-artifacts", "--organization=acme -");

    Map<String, List<String>> documented = documented();

    assertThat(documented.keySet())
        .filteredOn(command -> !command.contains("--"))
        .containsExactlyInAnyOrderElementsOf(commandsWithJson().toList());
    documented.forEach(
        (command, members) -> {
          program.input = new ByteArrayInputStream("{}\n".getBytes(UTF_8));
          String line = command + " --output=json " + arguments.getOrDefault(command, "");
          program.run(line.strip().split(" "));
          assertThat(program.data().lines()).as(command).isNotEmpty();
          assertThat(members(program.data().lines().findFirst().orElseThrow()))
              .as(command)
              .isEqualTo(members);
        });
  }

  private static List<String> members(String json) {
    return MEMBER.matcher(json).results().map(member -> member.group(1)).toList();
  }

  /** By command. */
  private static Map<String, List<String>> documented() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    Map<String, List<String>> documented = new TreeMap<>();
    readme
        .substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END))
        .lines()
        .skip(2)
        .forEach(
            row -> {
              List<String> words =
                  QUOTED.matcher(row).results().map((MatchResult word) -> word.group(1)).toList();
              documented.put(words.get(0), words.subList(1, words.size()));
            });
    return documented;
  }

  private Stream<String> commandsWithJson() {
    return below(program.commandLine())
        .filter(command -> command.getCommandSpec().findOption("--output") != null)
        .map(command -> command.getCommandSpec().qualifiedName().replaceFirst("^\\S+ ", ""));
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .flatMap(each -> Stream.concat(Stream.of(each), below(each)));
  }
}
