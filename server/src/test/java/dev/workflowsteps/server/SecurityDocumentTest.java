package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What SECURITY.md names is there. */
class SecurityDocumentTest {

  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void everyRisk_isHeldByTestsThatExist() throws IOException {
    Set<String> tests = testClasses();
    List<String> rows = rows("owasp");

    assertThat(rows)
        .extracting(row -> row.split(" ")[1])
        .isEqualTo(IntStream.rangeClosed(1, 10).mapToObj(i -> "API" + i).toList());
    for (String row : rows) {
      assertThat(names(row.split(" \\| ")[2])).as(row).isNotEmpty().isSubsetOf(tests);
    }
  }

  @Test
  void everyBound_namesItsSettings_andTheDefaultOfTheFirst() throws IOException {
    Map<String, Setting<?>> settings =
        Setting.ALL.stream().collect(Collectors.toMap(Setting::name, setting -> setting));

    for (String row : rows("bounds")) {
      String[] cells = row.split(" \\| ");
      List<String> named = names(cells[2]);
      assertThat(named.isEmpty()).as(row).isEqualTo(cells[2].equals("-"));
      assertThat(named).as(row).isSubsetOf(settings.keySet());
      assertThat(names(cells[1]))
          .as(row)
          .isEqualTo(
              named.stream()
                  .limit(1)
                  .map(settings::get)
                  .flatMap(setting -> setting.defaultText().stream())
                  .toList());
    }
  }

  /** Without the head of the table. */
  private static List<String> rows(String name) throws IOException {
    String text = Files.readString(Path.of("SECURITY.md"));
    String begin = "<!-- " + name + " -->\n";
    String table =
        text.substring(
            text.indexOf(begin) + begin.length(), text.indexOf("<!-- /" + name + " -->"));
    return table.lines().skip(2).toList();
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  /** Of all modules. */
  private static Set<String> testClasses() throws IOException {
    Set<String> names = new HashSet<>();
    for (String module : List.of("proto", "server", "adapter")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/test/java"))) {
        files.forEach(file -> names.add(file.getFileName().toString().replace(".java", "")));
      }
    }
    return names;
  }
}
