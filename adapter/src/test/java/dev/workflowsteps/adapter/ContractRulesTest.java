package dev.workflowsteps.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the contract against the tests that cite them, as both stand in the sources. */
class ContractRulesTest {

  private static final Path CONTRACT = Path.of("..", "proto", "README.md");
  private static final List<Path> TESTS =
      List.of(Path.of("src", "test", "java"), Path.of("..", "server", "src", "test", "java"));

  private static final Pattern RULE =
      Pattern.compile("^- \\*\\*([a-z0-9-]+)\\*\\*: ", Pattern.MULTILINE);
  private static final Pattern CITATION = Pattern.compile("@Rule\\(\\s*([^)]*)\\)");
  private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

  @Test
  void everyRule_isCitedByATest_andNoTestCitesAnother() throws IOException {
    assertThat(cited()).isEqualTo(new TreeSet<>(rules()));
  }

  @Test
  void rules_haveEachTheirOwnName() throws IOException {
    assertThat(rules()).hasSizeGreaterThan(50).doesNotHaveDuplicates();
  }

  private static List<String> rules() throws IOException {
    return names(RULE, Files.readString(CONTRACT)).toList();
  }

  private static Set<String> cited() throws IOException {
    Set<String> cited = new TreeSet<>();
    for (Path source : sources()) {
      names(CITATION, Files.readString(source))
          .flatMap(names -> names(NAME, names))
          .forEach(cited::add);
    }
    return cited;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : TESTS) {
      try (Stream<Path> files = Files.walk(root)) {
        sources.addAll(
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.endsWith("ContractRulesTest.java"))
                .collect(Collectors.toList()));
      }
    }
    return sources;
  }

  private static Stream<String> names(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1));
  }
}
