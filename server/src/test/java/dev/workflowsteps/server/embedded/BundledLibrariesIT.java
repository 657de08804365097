package dev.workflowsteps.server.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the SBOM says of the embedded database's files, which hold libraries that Maven can't see.
 */
class BundledLibrariesIT {

  private static Path programs;
  private static JsonNode parts;

  @BeforeAll
  static void read() throws IOException {
    programs =
        Binaries.in(TestPostgres.shared().directory().base().resolve("runtime"), Platform.current())
            .directory();
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    parts =
        new ObjectMapper()
            .readTree(Path.of("src/main/sbom", mac ? "macos.json" : "linux.json").toFile());
  }

  @Test
  void everyVersion_isInItsFile() throws IOException {
    for (JsonNode part : parts) {
      List<String> files = properties(part, "workflow-steps:file");
      assertThat(files).isNotEmpty().allMatch(file -> Files.exists(programs.resolve(file)));
      String first = new String(Files.readAllBytes(programs.resolve(files.get(0))), ISO_8859_1);
      assertThat(properties(part, "workflow-steps:version-text"))
          .as(part.get("name").asText())
          .hasSize(part.has("version") ? 1 : 0)
          .allMatch(first::contains);
    }
  }

  /** Files of other versions would have other names, and more libraries new ones. */
  @Test
  void everyLibrary_isNamed() throws IOException {
    Set<String> named =
        StreamSupport.stream(parts.spliterator(), false)
            .flatMap(part -> properties(part, "workflow-steps:file").stream())
            .map(file -> stem(Path.of(file)))
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(programs.resolve("lib"))) {
      assertThat(files.filter(Files::isRegularFile).filter(BundledLibrariesIT::isLibrary))
          .isNotEmpty()
          .allMatch(file -> named.contains(stem(file)));
    }
  }

  private static boolean isLibrary(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".so") || name.endsWith(".dylib");
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceAll("\\..*", "");
  }

  private static List<String> properties(JsonNode part, String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode property : part.get("properties")) {
      if (property.get("name").asText().equals(name)) {
        values.add(property.get("value").asText());
      }
    }
    return values;
  }
}
