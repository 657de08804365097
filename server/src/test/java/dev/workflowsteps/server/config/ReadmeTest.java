package dev.workflowsteps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  private static final String BEGIN = "<!-- settings -->\n";
  private static final String END = "<!-- /settings -->\n";

  @Test
  void settingsTable_isWhatTheDefinitionsSay() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));

    assertThat(table).as("the table, to be copied from below").isEqualTo(expected());
  }

  private static String expected() {
    return "| setting | variable | default | values | meaning |\n"
        + "| --- | --- | --- | --- | --- |\n"
        + Setting.ALL.stream().map(ReadmeTest::row).collect(Collectors.joining());
  }

  private static String row(Setting<?> setting) {
    String file = setting.fileVariable().map(name -> ", `" + name + "`").orElse("");
    return String.format(
        "| `%s` | `%s`%s | %s | %s | %s |\n",
        setting.name(),
        setting.variable(),
        file,
        setting.defaultText().map(text -> "`" + text + "`").orElse("-"),
        setting.expected().replace("|", ", "),
        setting.description());
  }
}
