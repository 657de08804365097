package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.call.FailedCallException;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.Rejection;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImporterTest {

  private static final int MAX_LINE_BYTES = 100_000;

  private final InMemoryStepStore writer = new InMemoryStepStore();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private final List<Long> progress = new CopyOnWriteArrayList<>();
  private final Importer<WorkflowStep> importer =
      new Importer<>(
          StepReader::new, new StepRecorder(writer)::record, pauses::add, MAX_LINE_BYTES);

  @Test
  void run_recordedRuns_areAllNewAndThenAllUnchanged() throws Exception {
    byte[] sample = Documents.bytes(Documents.SAMPLE);
    assertThat(run(sample)).isEqualTo(new ImportCounts(413, 0, 0, 0, 0));
    assertThat(run(sample)).isEqualTo(new ImportCounts(0, 0, 413, 0, 0));
    assertThat(rejected).isEmpty();
  }

  @Test
  void run_gzip_isToldByItsFirstBytes() throws Exception {
    byte[] sample = Documents.bytes(Documents.SAMPLE);
    byte[] seed = Documents.bytes(Documents.SEED);
    byte[] packed =
        GunzipStreamTest.joined(GunzipStreamTest.gzip(sample), GunzipStreamTest.gzip(seed));
    assertThat(run(packed).added()).isEqualTo(415);
  }

  @Test
  void run_lineBreaksOfAnyKind_makeNoDifference() throws Exception {
    String text = "\uFEFF" + line("a") + "\r\n\r\n   \n" + line("b") + "\n\n" + line("c");
    assertThat(run(text.getBytes(UTF_8))).isEqualTo(new ImportCounts(3, 0, 0, 0, 0));
  }

  @Test
  void run_emptyInput_countsNothing() throws Exception {
    assertThat(run(new byte[0])).isEqualTo(ImportCounts.NONE);
    assertThat(run(new byte[] {0x1F})).isEqualTo(new ImportCounts(0, 0, 0, 0, 1));
    assertThat(writer.batches()).isEmpty();
  }

  @Test
  void run_unacceptableLines_areToldByNumberInTheirOrder() throws Exception {
    String text =
        String.join(
            "\n",
            line("a"),
            "{",
            "",
            line("b").replace("function", "funktion"),
            line("c").replace("\"L\"", "\"" + "x".repeat(MAX_LINE_BYTES) + "\""),
            line("d").replace("{\"run_id\"", "{\"organization_id\":\"other\",\"run_id\""),
            line("e"));
    assertThat(run(text.getBytes(UTF_8))).isEqualTo(new ImportCounts(2, 0, 0, 0, 4));
    assertThat(rejected)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("2 document: malformed JSON at byte 1"),
            second -> assertThat(second).startsWith("4 block_type: \"funktion\" (expected: "),
            third ->
                assertThat(third)
                    .isEqualTo("5 document: too long (expected: at most 100000 bytes in a line)"),
            fourth -> assertThat(fourth).startsWith("6 organization_id: \"other\" (expected: "));
    assertThat(writer.steps("acme")).extracting(WorkflowStep::getStepId).containsExactly("a", "e");
  }

  @Test
  void run_laterLinesOfAStep_replaceEarlierOnes() throws Exception {
    String text = line("a").replace("completed", "running") + "\n" + line("a") + "\n";
    assertThat(run(text.getBytes(UTF_8))).isEqualTo(new ImportCounts(1, 1, 0, 0, 0));
    assertThat(run(line("a").replace("\"L\"", "\"M\"").getBytes(UTF_8)).changed()).isOne();
  }

  @Test
  void run_manyLines_areWrittenByTheThousand() throws Exception {
    String text =
        IntStream.range(0, 2_500).mapToObj(i -> line("s" + i)).collect(Collectors.joining("\n"));
    assertThat(run(text.getBytes(UTF_8)).added()).isEqualTo(2_500);
    assertThat(writer.batches()).allMatch(size -> size <= 1_000).hasSizeGreaterThanOrEqualTo(3);
    assertThat(progress).isSorted().last().isEqualTo(text.length() - 2_499L);
  }

  @Test
  void run_largeLines_areWrittenInBatchesOfAFewMebibytes() throws Exception {
    String padding = "\"" + "x".repeat(90_000) + "\"";
    String text =
        IntStream.range(0, 200)
            .mapToObj(i -> line("s" + i).replace("\"L\"", padding))
            .collect(Collectors.joining("\n"));
    assertThat(run(text.getBytes(UTF_8)).added()).isEqualTo(200);
    assertThat(writer.batches()).allMatch(size -> size <= 93);
  }

  @Test
  void run_pipeThatStaysOpenAndSilent_isWrittenMeanwhile() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (PipedOutputStream pipe = new PipedOutputStream()) {
      PipedInputStream in = new PipedInputStream(pipe);
      Future<ImportCounts> counts = thread.submit(() -> importer.run("acme", in, listener()));
      pipe.write((line("a") + "\n" + line("b").substring(0, 20)).getBytes(UTF_8));
      pipe.flush();
      await().until(() -> writer.steps("acme").size() == 1);
      pipe.write((line("b").substring(20) + "\nnonsense\n").getBytes(UTF_8));
      pipe.flush();
      await().until(() -> writer.steps("acme").size() == 2 && rejected.size() == 1);
      assertThat(counts).isNotDone();
      pipe.close();
      assertThat(counts.get()).isEqualTo(new ImportCounts(2, 0, 0, 0, 1));
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void run_storageThatComesBack_isWaitedFor() throws Exception {
    writer.fail(3, FailedCallException.Reason.UNAVAILABLE);
    assertThat(run(line("a").getBytes(UTF_8)).added()).isOne();
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));
  }

  @Test
  void run_storageThatStaysAway_failsAfterHalfAMinute() {
    writer.fail(Integer.MAX_VALUE, FailedCallException.Reason.UNAVAILABLE);
    ImportFailedException e = failure(new ByteArrayInputStream(line("a").getBytes(UTF_8)));
    assertThat(e)
        .hasMessage(
            "can't be stored: the database is UNAVAILABLE; 0 lines are stored; run the import again"
                + " to continue")
        .hasCauseInstanceOf(FailedCallException.class);
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofMillis(31_750));
  }

  @Test
  void run_organizationDeletedMeanwhile_isToldSo() {
    writer.fail(1, FailedCallException.Reason.ORGANIZATION_GONE);
    assertThat(failure(new ByteArrayInputStream(line("a").getBytes(UTF_8))))
        .hasMessageEndingWith("; it was deleted during the import, with everything stored before");
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_otherFailureOfTheStorage_isNotRepeated() {
    writer.fail(1, FailedCallException.Reason.DEADLINE_EXCEEDED);
    assertThat(failure(new ByteArrayInputStream(line("a").getBytes(UTF_8)))).isNotNull();
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_inputThatBreaks_keepsWhatCameBefore() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }
        };
    byte[] before = (line("a") + "\n" + line("b").substring(0, 9)).getBytes(UTF_8);
    ImportFailedException e =
        failure(new SequenceInputStream(new ByteArrayInputStream(before), broken));
    assertThat(e)
        .hasMessage(
            "can't be read after line 1: the disk is gone; the lines before are stored; repair the"
                + " file and import it again")
        .hasCauseInstanceOf(IOException.class);
    assertThat(e.counts()).isEqualTo(new ImportCounts(1, 0, 0, 0, 0));
    assertThat(writer.steps("acme")).extracting(WorkflowStep::getStepId).containsExactly("a");
  }

  /** Nothing is wrong with the input, so nobody should be told to repair it. */
  @Test
  void run_errorWhileReading_isThrownAsItIs() {
    OutOfMemoryError error = new OutOfMemoryError("no memory is left");
    InputStream failing =
        new InputStream() {
          @Override
          public int read() {
            throw error;
          }
        };
    assertThatThrownBy(() -> importer.run("acme", failing, listener())).isSameAs(error);
  }

  @Test
  void run_gzipThatIsCutOff_keepsWhatCameBefore() throws IOException {
    byte[] packed = GunzipStreamTest.gzip(Documents.bytes(Documents.SAMPLE));
    byte[] cut = Arrays.copyOf(packed, packed.length / 2);
    ImportFailedException e = failure(new ByteArrayInputStream(cut));
    assertThat(e).hasMessageContaining("the gzip data is cut off");
    assertThat(e.counts().added()).isPositive().isEqualTo(writer.steps("acme").size());
  }

  private ImportCounts run(byte[] input) throws Exception {
    return importer.run("acme", new ByteArrayInputStream(input), listener());
  }

  private ImportFailedException failure(InputStream in) {
    ImportFailedException e =
        catchThrowableOfType(
            ImportFailedException.class, () -> importer.run("acme", in, listener()));
    assertThat(e).isNotNull();
    return e;
  }

  private ImportListener listener() {
    return new ImportListener() {
      @Override
      public void rejected(long line, Rejection rejection) {
        rejected.add(line + " " + rejection.sentence());
      }

      @Override
      public void progress(ImportCounts counts, long bytes) {
        progress.add(bytes);
      }
    };
  }

  private static String line(String stepId) {
    return "{\"run_id\":\"r\",\"block_id\":\"b\",\"step_id\":\""
        + stepId
        + "\",\"block_type\":\"function\",\"block_label\":\"L\","
        + "\"lifecycle\":{\"status\":\"completed\"}}";
  }
}
