package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFilesTest {

  private static final UserIds SOMEBODY = new UserIds(54321, 54321);

  @TempDir private Path base;

  @Test
  void make_asOneself_followsALink() throws IOException {
    Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
    Path instance = Files.createSymbolicLink(base.resolve("main"), elsewhere);

    new InstanceFiles(base, instance).make(SOMEBODY);

    assertThat(base.resolve("runtime")).isDirectory();
  }
}
