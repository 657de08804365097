package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {

  @TempDir private Path directory;

  @Test
  void cap_ofAFullLog_keepsItsTextBeside_andTheWriterGoesOn() throws IOException {
    Path file = directory.resolve("postgres.log");
    ServerLog log = ServerLog.open(file);
    try (OutputStream writer = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
      writer.write(new byte[(int) ServerLog.LIMIT_BYTES]);
      log.cap();
      writer.write("after".getBytes());
    }

    assertThat(file).hasContent("after");
    assertThat(directory.resolve("postgres.log.1")).hasSize(ServerLog.LIMIT_BYTES);
  }

  @Test
  void cap_belowTheLimit_changesNothing() throws IOException {
    Path file = directory.resolve("postgres.log");
    ServerLog log = ServerLog.open(file);
    Files.writeString(file, "text");

    log.cap();

    assertThat(file).hasContent("text");
    assertThat(directory.resolve("postgres.log.1")).doesNotExist();
  }

  /** Root would write into whatever it leads to. */
  @Test
  void open_ofALink_isRefusedAndLeavesItsTarget() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "text");
    Path file = Files.createSymbolicLink(directory.resolve("postgres.log"), target);

    assertThatThrownBy(() -> ServerLog.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is no ordinary file; move it away");
    assertThat(target).hasContent("text");
  }

  @Test
  void since_tellsWhatCameAfter_andOfMuchTheEnd() throws IOException {
    Path file = directory.resolve("postgres.log");
    ServerLog log = ServerLog.open(file);
    Files.writeString(file, "before");
    long before = log.size();
    Files.writeString(file, "after", StandardOpenOption.APPEND);
    assertThat(log.since(before)).isEqualTo("after");

    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1 << 20);
    }
    assertThat(log.since(before)).hasSize(1 << 16);
  }

  @Test
  void since_ofALogEmptiedMeanwhile_isEmpty() throws IOException {
    ServerLog log = ServerLog.open(directory.resolve("postgres.log"));
    assertThat(log.since(100)).isEmpty();
  }

  @Test
  void causeOfEnd_isWhyTheServerEnded_withoutTimeAndPid() throws IOException {
    ServerLog log = ServerLog.open(directory.resolve("postgres.log"));
    Files.writeString(
        log.file(),
        """
        2026-11-29 09:00:00.000 UTC [1] PANIC:  of an earlier end
        """);
    long position = log.size();
    assertThat(log.causeOfEnd(position)).isEmpty();
    Files.writeString(
        log.file(),
        """
        2026-11-29 09:00:01.000 UTC [7] LOG:  checkpoint starting: time
        2026-11-29 09:00:02.000 UTC [7] PANIC:  could not write to file "x": No space left on device
        2026-11-29 09:00:02.000 UTC [9] FATAL:  terminating connection due to unexpected postmaster exit
        2026-11-29 09:00:02.000 UTC [1] LOG:  database system is shut down
        """,
        StandardOpenOption.APPEND);

    assertThat(log.causeOfEnd(position))
        .contains("PANIC:  could not write to file \"x\": No space left on device");
  }

  @Test
  void causeOfEnd_ofAServerThatWasToldToStop_saysSo() throws IOException {
    ServerLog log = ServerLog.open(directory.resolve("postgres.log"));
    Files.writeString(
        log.file(),
        """
        2026-11-29 09:00:01.000 UTC [7] LOG:  received fast shutdown request
        2026-11-29 09:00:01.000 UTC [9] FATAL:  the database system is shutting down
        2026-11-29 09:00:02.000 UTC [1] LOG:  database system is shut down
        """);

    assertThat(log.causeOfEnd(0)).contains("LOG:  received fast shutdown request");
  }
}
