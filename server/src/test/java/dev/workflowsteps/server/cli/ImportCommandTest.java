package dev.workflowsteps.server.cli;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.server.call.FailedCallException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImportCommandTest {

  private static final String REJECTED = "{\"run_id\":\"r\"}";

  private final InMemoryProgram program = new InMemoryProgram();

  @TempDir private Path directory;

  @BeforeEach
  void organization() {
    program.keyService.ensureOrganization("acme", true);
  }

  @Test
  void json_isAnObjectWithTheCounts() throws IOException {
    Path plain = file("plain.ndjson", step("a"), step("b"));

    program.run("import", "--organization", "acme", "--output", "json", plain + "");

    assertThat(program.data())
        .isEqualToIgnoringNewLines(
            "{\"new\":2,\"changed\":0,\"unchanged\":0,\"stale\":0,\"rejected\":0}");
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
    assertThat(program.steps.steps("acme")).hasSize(3);
    assertThat(program.command).isEqualTo("import");
    assertThat(program.closed).isEqualTo(1);
  }

  @Test
  void organizationDeletedMeanwhile_isNoFaultOfTheDatabase() {
    program.input = new ByteArrayInputStream(step("a").getBytes(UTF_8));
    program.steps.fail(1, FailedCallException.Reason.ORGANIZATION_GONE);
    assertThat(program.run("import", "--organization", "acme", "-")).isEqualTo(1);

    program.input = new ByteArrayInputStream(step("a").getBytes(UTF_8));
    program.steps.fail(1, FailedCallException.Reason.DEADLINE_EXCEEDED);
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
    assertThat(words.get(100)).isEqualTo("30 more are not shown");
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
    assertThat(program.words()).isEqualToIgnoringNewLines("organization new created");
    assertThat(program.steps.steps("new")).hasSize(1);
  }

  @Test
  void brokenGzip_tellsTheFileAndKeepsWhatWasCounted() throws IOException {
    Path packed = directory.resolve("broken.gz");
    Files.write(packed, new byte[] {0x1f, (byte) 0x8b, 0, 0, 0, 0, 0, 0, 0, 0});

    assertThat(program.run("import", "--organization", "acme", packed.toString())).isEqualTo(1);
    assertThat(program.words()).startsWith(packed + ": can't be read after line 0: ");
    assertThat(program.data()).startsWith("new 0,");
  }

  /** As tar and dd leave it. */
  @Test
  void zeroPaddingBehindGzip_isNoData() throws IOException {
    Path padded = gzip("padded.gz", step("a"), new byte[100_000]);
    Path next = file("next.ndjson", step("b"));

    assertThat(program.run("import", "--organization", "acme", padded + "", next + "")).isZero();

    assertThat(program.data()).startsWith("new 2, ");
  }

  @Test
  void garbageBehindGzip_namesTheFile_andThoseThatWereNotRead() throws IOException {
    Path broken = gzip("broken.gz", step("a"), new byte[] {0, 0, 'x'});
    Path second = file("second.ndjson", step("b"));
    Path third = file("third.ndjson", step("c"));

    int exit =
        program.run("import", "--organization", "acme", broken + "", second + "", third + "");

    assertThat(exit).isEqualTo(1);
    assertThat(program.words())
        .contains(broken + ": ")
        .contains("not read: " + second + ", " + third);
    assertThat(program.data()).startsWith("new 1, ");
  }

  static Stream<Arguments> otherFormats() {
    String array = "[" + step("a") + ",\n" + step("b") + "]";
    String page = "{\"data\":[" + step("a") + "],\"list_metadata\":{\"after\":null}}";
    String pretty = "{\n  \"data\": [\n    " + step("a") + "\n  ]\n}\n";
    return Stream.of(
        Arguments.of(array.getBytes(UTF_8), "a JSON array", "jq -c '.[]' FILE"),
        Arguments.of(("\uFEFF \n" + array).getBytes(UTF_8), "a JSON array", "jq -c '.[]' FILE"),
        Arguments.of(packed(array), "a JSON array", "gzip -dc FILE | jq -c '.[]'"),
        Arguments.of(page.getBytes(UTF_8), "a page of the REST answer", "jq -c '.data[]' FILE"),
        Arguments.of(pretty.getBytes(UTF_8), "a page of the REST answer", "jq -c '.data[]' FILE"),
        Arguments.of(
            step("a").replace("{", "{\n  ").getBytes(UTF_8),
            "JSON objects over several lines",
            "jq -c . FILE"),
        Arguments.of(step("a").getBytes(UTF_16), "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE"),
        Arguments.of(step("a").getBytes(UTF_16LE), "UTF-16", "iconv -f UTF-16LE -t UTF-8 FILE"),
        Arguments.of(step("a").getBytes(UTF_16BE), "UTF-16", "iconv -f UTF-16BE -t UTF-8 FILE"),
        Arguments.of(
            ("\uFEFF" + step("a")).getBytes(Charset.forName("UTF-32LE")),
            "UTF-32",
            "iconv -f UTF-32 -t UTF-8 FILE"),
        Arguments.of(
            step("a").getBytes(Charset.forName("UTF-32BE")),
            "UTF-32",
            "iconv -f UTF-32BE -t UTF-8 FILE"),
        Arguments.of(bytes(0x28, 0xB5, 0x2F, 0xFD, 4, 0), "a zstd file", "zstd -dc FILE"),
        Arguments.of(bytes(0xFD, '7', 'z', 'X', 'Z', 0, 0), "an xz file", "xz -dc FILE"),
        Arguments.of(bytes('B', 'Z', 'h', '9', 0x31), "a bzip2 file", "bzip2 -dc FILE"),
        Arguments.of(bytes('P', 'K', 3, 4, 20), "a zip file", "unzip -p FILE"));
  }

  @ParameterizedTest
  @MethodSource("otherFormats")
  void otherFormat_isNamedWithTheCommandThatConvertsIt(byte[] content, String what, String hint)
      throws IOException {
    Path good = file("good.ndjson", step("z"));
    Path other = Files.write(directory.resolve("other file"), content);

    assertThat(program.run("import", "--organization", "acme", good + "", other + "")).isEqualTo(1);

    assertThat(program.words().strip())
        .startsWith(other + ": " + what)
        .contains("(expected: one JSON object per line")
        .endsWith("; convert it with: " + hint.replace("FILE", "'" + other + "'"));
    assertThat(program.data()).isEmpty();
    assertThat(program.steps.steps("acme")).isEmpty();
  }

  @Test
  void otherFormatOnStdin_isNamedWithAFilter() throws IOException {
    program.input = new ByteArrayInputStream(packed("[" + step("a") + "]"));

    assertThat(program.run("import", "--organization", "acme", "-")).isEqualTo(1);

    assertThat(program.words().strip())
        .startsWith("-: a JSON array (expected: ")
        .endsWith("; convert it with: gzip -dc | jq -c '.[]'");
    assertThat(program.steps.steps("acme")).isEmpty();
  }

  @Test
  void emptyFile_isNamed() throws IOException {
    Path empty = Files.write(directory.resolve("empty.ndjson"), new byte[0]);

    assertThat(program.run("import", "--organization", "acme", empty.toString())).isEqualTo(1);

    assertThat(program.words())
        .isEqualToIgnoringNewLines(empty + ": an empty file (expected: one JSON object per line)");
  }

  @Test
  void onATerminal_theProgressOverwritesItself_andNothingIsLeft() throws IOException {
    program.terminal = true;
    Path file = file("a.ndjson", step("a"));

    assertThat(program.run("import", "--organization", "acme", file.toString())).isZero();

    assertThat(program.words()).contains("\ra.ndjson: 0 of 0 MB (", "%), 1 lines").endsWith(" \r");
    assertThat(ImportCommand.text("a.ndjson", 3_000_000, OptionalLong.of(4_000_000), 1_234))
        .isEqualTo("a.ndjson: 3 of 4 MB (75 %), 1,234 lines");
    assertThat(ImportCommand.text("-", 3_000_000, OptionalLong.empty(), 1_234))
        .isEqualTo("-: 3 MB, 1,234 lines");
  }

  @Test
  void interruptedPipe_keepsWhatIsStoredAndClosesTheStorage() throws Exception {
    PipedOutputStream pipe = new PipedOutputStream();
    program.input = new PipedInputStream(pipe);
    pipe.write((step("a") + "\n").getBytes(UTF_8));
    pipe.flush();
    Thread command = new Thread(() -> program.run("import", "--organization", "acme", "-"));
    command.start();
    await().until(() -> program.steps.steps("acme").size() == 1);

    command.interrupt();
    command.join();

    assertThat(program.words())
        .isEqualToIgnoringNewLines("interrupted in -; run this again to continue");
    assertThat(program.data()).startsWith("new 1,");
    assertThat(program.closed).isEqualTo(1);
  }

  private Path gzip(String name, String text, byte[] behind) throws IOException {
    Path file = Files.write(directory.resolve(name), packed(text + "\n"));
    return Files.write(file, behind, StandardOpenOption.APPEND);
  }

  private static byte[] packed(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
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
