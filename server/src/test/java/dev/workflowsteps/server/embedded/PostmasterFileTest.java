package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostmasterFileTest {

  @TempDir private Path cluster;

  @Test
  void read_ofARunningServer_tellsPidAndState() throws IOException {
    write("4711\n/data/main/cluster\n1700000000\n5432\n/data/main/socket\n\n 1 2\nready   \n");
    assertThat(PostmasterFile.read(cluster)).contains(new PostmasterFile(4711, true));
  }

  @Test
  void read_ofAStartingServer_isNotReady() throws IOException {
    write("4711\n/data/main/cluster\n1700000000\n5432\n/data/main/socket\n\n 1 2\nstarting\n");
    assertThat(PostmasterFile.read(cluster)).contains(new PostmasterFile(4711, false));
  }

  @Test
  void read_ofAFileBeingWritten_tellsWhatIsThere() throws IOException {
    write("4711\n/data/main/cluster\n");
    assertThat(PostmasterFile.read(cluster)).contains(new PostmasterFile(4711, false));
    write("");
    assertThat(PostmasterFile.read(cluster)).isEmpty();
  }

  @Test
  void read_ofAStandaloneServer_tellsItsPid() throws IOException {
    write("-4711\n/data/main/cluster\n");
    assertThat(PostmasterFile.read(cluster)).contains(new PostmasterFile(4711, false));
  }

  @Test
  void read_withoutAServer_isEmpty() throws IOException {
    assertThat(PostmasterFile.read(cluster)).isEmpty();
  }

  private void write(String text) throws IOException {
    Files.writeString(PostmasterFile.in(cluster), text);
  }
}
