package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.steps.StepsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {

  private static final String REJECTED = "{\"run_id\":\"r\"}";

  private final InMemoryProgram program = new InMemoryProgram();

  @TempDir private Path directory;

  @BeforeEach
  void organization() {
    program.keyService.ensureOrganization("acme", true);
  }

  @Test
  void severalFiles_areReadInTheirOrderAndCountedTogether() throws IOException {
    Path plain = file("plain.ndjson", step("a"), step("b"));
    Path packed = directory.resolve("packed.ndjson.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write((step("a") + "\n" + step("c") + "\n").getBytes(UTF_8));
    }

    assertThat(program.run("import", "--organization", "acme", plain + "", packed + "")).isZero();

    assertThat(program.data())
        .isEqualToIgnoringNewLines("new 3, changed 0, unchanged 1, stale 0, rejected 0");
    assertThat(program.words()).isEmpty();
    assertThat(program.steps.size("acme")).isEqualTo(3);
    assertThat(program.command).isEqualTo("import");
    assertThat(program.closed).isEqualTo(1);
  }

  @Test
  void organizationDeletedMeanwhile_isNoFaultOfTheDatabase() {
    program.input = new ByteArrayInputStream(step("a").getBytes(UTF_8));
    program.steps.refusing = StepsException.Reason.ORGANIZATION_GONE;
    assertThat(program.run("import", "--organization", "acme", "-")).isEqualTo(1);

    program.input = new ByteArrayInputStream(step("a").getBytes(UTF_8));
    program.steps.refusing = StepsException.Reason.DEADLINE_EXCEEDED;
    assertThat(program.run("import", "--organization", "acme", "-")).isEqualTo(4);
  }

  @Test
  void stdin_isRead() {
    program.input = new ByteArrayInputStream((step("a") + "\n" + step("b")).getBytes(UTF_8));

    assertThat(program.run("import", "--organization", "acme", "-")).isZero();
    assertThat(program.data()).startsWith("new 2,");
  }

  @Test
  void rejectedLines_areToldByFileAndLineAndTheOthersStored() throws IOException {
    Path file = file("mixed.ndjson", step("a"), "", REJECTED, "no json", step("b"));

    assertThat(program.run("import", "--organization", "acme", file.toString())).isEqualTo(6);

    assertThat(program.data()).startsWith("new 2, changed 0, unchanged 0, stale 0, rejected 2");
    assertThat(program.words().lines()).hasSize(2);
    assertThat(program.words().lines().map(line -> line.split(": ")[0]))
        .containsExactly(file + ":3", file + ":4");
    assertThat(program.words()).contains(file + ":3: block_id: ");
  }

  @Test
  void manyRejectedLines_areCountedAfterTheFirstHundred() throws IOException {
    String[] lines = IntStream.range(0, 130).mapToObj(i -> REJECTED).toArray(String[]::new);
    Path file = file("other.ndjson", lines);

    assertThat(program.run("import", "--organization", "acme", file.toString())).isEqualTo(6);

    assertThat(program.data()).endsWith("rejected 130" + System.lineSeparator());
    List<String> words = program.words().lines().toList();
    assertThat(words).hasSize(101);
    assertThat(words.get(100)).isEqualTo("30 more rejected lines are not shown");
  }

  @Test
  void missingFile_isToldBeforeAnythingIsRead() throws IOException {
    Path there = file("there.ndjson", step("a"));
    Path missing = directory.resolve("missing.ndjson");

    int exit = program.run("import", "--organization", "acme", there + "", missing + "");

    assertThat(exit).isEqualTo(1);
    assertThat(program.words()).isEqualToIgnoringNewLines(missing + ": no such file");
    assertThat(program.opened).isZero();
  }

  @Test
  void directory_isRefused() {
    assertThat(program.run("import", "--organization", "acme", directory.toString())).isEqualTo(1);
    assertThat(program.words())
        .isEqualToIgnoringNewLines(directory + ": is a directory; name the files in it");
  }

  @Test
  void stdinTwice_isAUsageError() {
    assertThat(program.run("import", "--organization", "acme", "-", "-")).isEqualTo(2);
    assertThat(program.words()).startsWith("FILE: - given several times");
  }

  @Test
  void noFile_isAUsageError() {
    assertThat(program.run("import", "--organization", "acme")).isEqualTo(2);
  }

  @Test
  void unknownOrganization_isMadeOnlyWhenAskedFor() throws IOException {
    String file = file("a.ndjson", step("a")).toString();

    assertThat(program.run("import", "--organization", "acmee", file)).isEqualTo(1);
    assertThat(program.words()).startsWith("organization acmee does not exist");
    assertThat(program.run("import", "--organization", "new", "--create-organization", file))
        .isZero();
    assertThat(program.words()).isEqualToIgnoringNewLines("organization new made");
    assertThat(program.steps.size("new")).isEqualTo(1);
  }

  @Test
  void brokenGzip_tellsTheFileAndKeepsWhatWasCounted() throws IOException {
    Path packed = directory.resolve("broken.gz");
    Files.write(packed, new byte[] {0x1f, (byte) 0x8b, 0, 0, 0, 0, 0, 0, 0, 0});

    assertThat(program.run("import", "--organization", "acme", packed.toString())).isEqualTo(1);
    assertThat(program.words()).startsWith(packed + ": the input cannot be read");
    assertThat(program.data()).startsWith("new 0,");
  }

  @Test
  void interruptedPipe_keepsWhatIsStoredAndClosesTheStorage() throws Exception {
    PipedOutputStream pipe = new PipedOutputStream();
    program.input = new PipedInputStream(pipe);
    pipe.write((step("a") + "\n").getBytes(UTF_8));
    pipe.flush();
    Thread command = new Thread(() -> program.run("import", "--organization", "acme", "-"));
    command.start();
    await().until(() -> program.steps.size("acme") == 1);

    command.interrupt();
    command.join();

    assertThat(program.words())
        .isEqualToIgnoringNewLines("interrupted in -; run this again to go on");
    assertThat(program.data()).startsWith("new 1,");
    assertThat(program.closed).isEqualTo(1);
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  private static String step(String id) {
    return String.format(
        "{\"run_id\":\"r\",\"block_id\":\"b\",\"step_id\":\"%s\",\"block_type\":\"extract\","
            + "\"block_label\":\"L\",\"lifecycle\":{\"status\":\"completed\"}}",
        id);
  }
}
