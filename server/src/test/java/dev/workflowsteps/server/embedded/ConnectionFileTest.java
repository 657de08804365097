package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionFileTest {

  @TempDir private Path directory;

  @Test
  void write_isReadBack_andPrivate() throws IOException {
    Path file = directory.resolve("connection");
    ConnectionFile written = new ConnectionFile("some-start", 5433, "secret");

    written.write(file, new Directories(null));
    written.write(file, new Directories(null));

    assertThat(ConnectionFile.read(file)).contains(written);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void read_ofNoFile_orAnotherText_isEmpty() throws IOException {
    Path file = directory.resolve("connection");
    assertThat(ConnectionFile.read(file)).isEmpty();
    Files.writeString(file, "port=none\n");
    assertThat(ConnectionFile.read(file)).isEmpty();
  }
}
