package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.AStep;
import dev.workflowsteps.server.steps.Call;
import dev.workflowsteps.server.steps.InMemoryStepStore;
import dev.workflowsteps.server.steps.PayloadStore;
import dev.workflowsteps.server.steps.StepFilter;
import dev.workflowsteps.server.steps.StepRecorder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StepExporterTest {

  private static final String LARGE = '"' + "x".repeat(70_000) + '"';
  private static final String HUGE = '"' + "y".repeat(9 << 20) + '"';

  private final InMemoryStepStore store = new InMemoryStepStore();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Heard heard = new Heard();

  @Test
  void run_everyStep_isALineInListOrder() throws ExportFailedException {
    record(IntStream.range(0, 2_345).mapToObj(i -> AStep.named("s" + (10_000 + i)).build()));

    export(store, Optional.empty());

    assertThat(lines()).hasSize(2_345).isSorted();
    assertThat(heard.documents).isEqualTo(2_345);
    assertThat(heard.bytes).isEqualTo(out.size());
  }

  @Test
  void run_noStep_isNoLine() throws ExportFailedException {
    export(store, Optional.empty());

    assertThat(out.size()).isZero();
  }

  @Test
  void run_largePayloads_areWhole_alsoThoseNoPageCanHold() throws ExportFailedException {
    record(
        Stream.of(
            AStep.named("s1").output("out", LARGE).build(),
            AStep.named("s2").output("out", HUGE).build()));

    export(store, Optional.empty());

    assertThat(lines()).containsExactly("s1 out=" + LARGE.length(), "s2 out=" + HUGE.length());
    assertThat(heard.altered).isEmpty();
  }

  @Test
  void run_payloadThatIsGone_isLeftOutAndTold() throws ExportFailedException {
    record(Stream.of(AStep.named("s1").run("r").output("a", "1").output("out", LARGE).build()));
    PayloadStore empty = (organization, keys, call) -> Map.of();

    export(empty, Optional.empty());

    assertThat(lines()).containsExactly("s1 a=1");
    assertThat(heard.altered)
        .containsExactly(
            "step s1 of run r: handle_outputs.out is left out: its payload is missing");
  }

  @Test
  void run_whiteSpaceAroundAPayload_isTold() throws ExportFailedException {
    record(
        Stream.of(
            AStep.named("s1").run("r").output("a", " {} ").output("b", "[ 1 ]").build(),
            AStep.named("s2").run("r").output("a", "1").output("b", "2\t").build(),
            AStep.named("s3")
                .run("r")
                .lifecycle(
                    AStep.state("error", null, "m", null, null, AStep.details("d", "\nnull")))
                .build()));

    export(store, Optional.empty());

    String what = ": the white space around its JSON is lost when it is read";
    assertThat(heard.altered)
        .containsExactly(
            "step s1 of run r: handle_outputs.a" + what,
            "step s2 of run r: handle_outputs.b" + what,
            "step s3 of run r: lifecycle.details.context" + what);
  }

  @Test
  void run_outputThatEnds_tellsWhereToGoOn() throws ExportFailedException {
    record(IntStream.range(0, 1_500).mapToObj(i -> AStep.named("s" + (10_000 + i)).build()));
    ExportFailedException failure =
        catchThrowableOfType(
            ExportFailedException.class,
            () ->
                exporter(store).run(StepFilter.all("acme"), Optional.empty(), full(1_200), heard));
    assertThat(failure).hasMessageContaining("no space left");
    assertThat(heard.documents).isEqualTo(1_000);

    export(store, failure.cursor());

    assertThat(lines()).hasSize(500).startsWith("s11000 ");
  }

  @Test
  void lines_lineBreaksInADocument_becomeSpacesAndAreTold() throws IOException {
    LineOutput lines = new LineOutput(out);
    lines.write("{\"a\":\n[1,\r\n2]}".getBytes(UTF_8));
    assertThat(lines.end()).isTrue();
    lines.write("{}".getBytes(UTF_8));
    assertThat(lines.end()).isFalse();

    assertThat(out.toString(UTF_8)).isEqualTo("{\"a\": [1,  2]}\n{}\n");
    assertThat(lines.documents()).isEqualTo(2);
    assertThat(lines.bytes()).isEqualTo(out.size());
  }

  private void export(PayloadStore payloads, Optional<String> after) throws ExportFailedException {
    exporter(payloads).run(StepFilter.all("acme"), after, out, heard);
  }

  private StepExporter exporter(PayloadStore payloads) {
    return new StepExporter(store, payloads, StepExporterTest::write);
  }

  /** The id, and each output's name with what it is, long ones by their length. */
  private static void write(byte[] step, OutputStream to) throws IOException {
    WorkflowStep message = WorkflowStep.parseFrom(step);
    StringBuilder line = new StringBuilder(message.getStepId() + " ");
    message
        .getHandleOutputsMap()
        .forEach(
            (name, handle) -> {
              String data = handle.getData().toStringUtf8();
              line.append(name).append('=').append(data.length() > 9 ? data.length() : data);
            });
    to.write(line.toString().getBytes(UTF_8));
  }

  /** Takes so many lines, then none. */
  private static OutputStream full(int lines) {
    return new OutputStream() {
      private int left = lines;

      @Override
      public void write(int b) throws IOException {
        left -= b == '\n' ? 1 : 0;
        if (left < 0) {
          throw new IOException("no space left");
        }
      }
    };
  }

  private List<String> lines() {
    return out.toString(UTF_8).lines().toList();
  }

  private void record(Stream<WorkflowStep> steps) {
    new StepRecorder(store).record("acme", steps.toList(), Call.within(Duration.ofSeconds(30)));
  }

  private static final class Heard implements ExportListener {

    private final List<String> altered = new ArrayList<>();
    private long documents;
    private long bytes;

    @Override
    public void altered(String document, String what) {
      altered.add(document + ": " + what);
    }

    @Override
    public void progress(long soFar, long soManyBytes) {
      documents = soFar;
      bytes = soManyBytes;
    }
  }
}
