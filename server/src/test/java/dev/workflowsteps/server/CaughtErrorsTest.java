package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An {@link Error} says that the process can't be trusted any more, so nobody may keep it. */
class CaughtErrorsTest {

  /** The modules that are in the program. */
  private static final List<String> MODULES = List.of("proto", "server", "adapter");

  private static final Pattern CATCH =
      Pattern.compile("catch \\([^)]*\\b(Throwable|[A-Z]\\w*Error|Error)\\b[^)]*\\) \\{");

  /** Main says it and exits; the pump hands it to the thread that imports, which throws it. */
  private static final Set<String> HANDED_ON = Set.of("Main.java", "InputPump.java");

  @Test
  void errors_areThrownAgain() throws IOException {
    List<String> keeping = new ArrayList<>();
    List<String> handingOn = new ArrayList<>();
    for (String module : MODULES) {
      for (Path file : sources(Path.of("..", module, "src/main/java"))) {
        String source = Files.readString(file);
        Matcher caught = CATCH.matcher(source);
        while (caught.find()) {
          if (!block(source, caught.end()).contains("throw ")) {
            String name = file.getFileName().toString();
            (HANDED_ON.contains(name) ? handingOn : keeping).add(name);
          }
        }
      }
    }

    assertThat(keeping).as("catch an Error and don't throw it").isEmpty();
    assertThat(handingOn).containsExactlyInAnyOrderElementsOf(HANDED_ON);
  }

  /** What stands between a brace and the one that closes it. */
  private static String block(String source, int start) {
    int open = 1;
    int at = start;
    while (open > 0) {
      char c = source.charAt(at++);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return source.substring(start, at);
  }

  private static List<Path> sources(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
