package dev.workflowsteps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.Settings;
import dev.workflowsteps.server.config.StartupException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
