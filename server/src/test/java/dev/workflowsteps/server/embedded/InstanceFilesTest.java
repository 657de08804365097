package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFilesTest {

  private static final UserIds SOMEBODY = new UserIds(54321, 54321);

  @TempDir private Path base;

  @Test
  void make_asRoot_ofALinkInSomebodysFolder_isRefusedBeforeAnythingIsMade() throws IOException {
    Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
    Path instance = Files.createSymbolicLink(base.resolve("main"), elsewhere);

    assertThatThrownBy(() -> new InstanceFiles(base, instance, SOMEBODY).make(true))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(instance + " is a symbolic link, which root doesn't follow");
    assertThat(base.resolve("runtime")).doesNotExist();
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void make_asOneself_followsALink() throws IOException {
    Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
    Path instance = Files.createSymbolicLink(base.resolve("main"), elsewhere);

    new InstanceFiles(base, instance, SOMEBODY).make(false);

    assertThat(base.resolve("runtime")).isDirectory();
  }
}
