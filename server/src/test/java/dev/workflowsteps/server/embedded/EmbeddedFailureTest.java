package dev.workflowsteps.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedFailureTest {

  private static final Path FOLDER = Path.of("/data");
  private static final String PLACE_REMEDY =
      ": choose another directory with --data-dir, or use a PostgreSQL of your own with"
          + " --database-url.";

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new AccessDeniedException("/data/main"), "this account may not write to /data/main"),
        Arguments.of(new FileAlreadyExistsException("/data"), "/data is not a directory"),
        Arguments.of(new NoSuchFileException("/data/x"), "/data/x is missing"),
        Arguments.of(
            new FileSystemException("/data/main", null, "Read-only file system"),
            "/data/main answered \"Read-only file system\""),
        Arguments.of(new IOException("No space left on device"), "its disk is full"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void files_tellTheReasonInWords(IOException failure, String reason) {
    assertThat(EmbeddedFailure.files(FOLDER, failure))
        .hasMessage("The directory /data cannot be used, because " + reason + PLACE_REMEDY)
        .hasCause(failure);
  }

  @Test
  void program_onAFullDisk_saysSo() {
    String output = "FATAL:  could not write: No space left on device\nremoving contents\n";
    assertThat(EmbeddedFailure.program("Creating", FOLDER, Path.of("/data/log"), output))
        .hasMessage("Creating failed, because the disk of /data is full" + PLACE_REMEDY);
  }

  @Test
  void program_thatFails_isQuotedWithItsLastLine() {
    assertThat(EmbeddedFailure.program("Creating", FOLDER, Path.of("/data/log"), "one\ntwo\n\n"))
        .hasMessage("Creating in /data failed (two; see /data/log)" + PLACE_REMEDY);
  }

  @Test
  void machine_namesTheOtherWay_afterTheCausesOwnRemedies() {
    assertThat(EmbeddedFailure.machine("It is so"))
        .hasMessage("It is so: use a PostgreSQL of your own with --database-url.");
    assertThat(EmbeddedFailure.machine("It is so: do this"))
        .hasMessage("It is so: do this, or use a PostgreSQL of your own with --database-url.");
  }
}
