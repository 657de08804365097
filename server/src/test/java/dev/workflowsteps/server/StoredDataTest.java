package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import dev.workflowsteps.server.embedded.TestDirectories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredDataTest {

  @TempDir private Path dataDir;

  @Test
  void serve_withMoreConnectionsThanTheEmbeddedDatabaseHas_isRefusedAndMakesNothing() {
    Map<String, String> flags = Map.of("data-dir", dataDir.toString(), "database-pool-size", "41");
    Settings settings = Settings.load(flags, Map.of());

    assertThatThrownBy(() -> StoredData.serve(settings, false, "serve", new SimpleMeterRegistry()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("database-pool-size: 41 (expected: at most 40 with the embedded");
    assertThat(dataDir).isEmptyDirectory();
  }

  @Test
  void check_ofTheEmbeddedDatabase_makesNothing() throws IOException {
    Path directory = TestDirectories.empty();
    Path missing = directory.resolve("a/b");
    StoredData.check(settings(Map.of("data-dir", missing.toString())), false);
    assertThat(directory).isEmptyDirectory();

    assertThatThrownBy(
            () ->
                StoredData.check(
                    settings(Map.of("data-dir", missing.toString(), "database-pool-size", "41")),
                    false))
        .hasMessageStartingWith("database-pool-size: 41 (expected: at most 40");
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> StoredData.check(settings(Map.of("data-dir", "" + directory)), false))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining("it holds notes.txt");
  }

  /** Where a start would make its directories. */
  @ParameterizedTest
  @ValueSource(strings = {"", "main", "runtime"})
  void check_ofADirectoryThatIsAFile_saysSo(String name) throws IOException {
    Path directory = TestDirectories.empty().resolve("data");
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "mine");

    assertThatThrownBy(() -> StoredData.check(settings(Map.of("data-dir", "" + directory)), false))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("The directory " + directory + " cannot be used, because " + file)
        .hasMessageContaining(" is not a directory: choose another directory with --data-dir");
  }

  @Test
  void check_ofADatabaseThatIsAway_saysSoWithoutItsPassword() {
    Settings away = settings(Map.of("database-url", "postgresql://u:s3cret@127.0.0.1:1/steps"));

    assertThatThrownBy(() -> StoredData.check(away, false))
        .isInstanceOfSatisfying(
            StartupException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATABASE))
        .hasMessageStartingWith("postgresql://u@127.0.0.1:1/steps: the database can't be reached (")
        .hasMessageNotContaining("s3cret");
  }

  /** Its own lines would stand beside the problem. */
  @Test
  void check_silencesTheDriver() {
    Settings away = settings(Map.of("database-url", "postgresql://u@127.0.0.1:1/steps"));
    Logger driver = Logger.getLogger("org.postgresql");
    Level before = driver.getLevel();
    driver.setLevel(Level.ALL);
    try {
      assertThatThrownBy(() -> StoredData.check(away, false)).isInstanceOf(StartupException.class);

      assertThat(driver.isLoggable(Level.SEVERE)).isFalse();
    } finally {
      driver.setLevel(before);
    }
  }

  private static Settings settings(Map<String, String> flags) {
    return Settings.load(flags, Map.of());
  }
}
