package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.encoding.EncodedStep;
import dev.workflowsteps.server.encoding.ExternalPayload;
import dev.workflowsteps.server.steps.StepRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The bytes that are stored for a document stay the same from version to version: otherwise a
 * document that is imported again would count as changed.
 */
class StoredBytesTest {

  private static final int MOST_SHOWN = 2_048;

  private static final String START =
      "{\"run_id\":\"r\",\"block_id\":\"b\",\"step_id\":\"s\",\"block_type\":\"extract\","
          + "\"block_label\":\"L\",\"lifecycle\":{\"status\":\"completed\"},\"retry_count\":0,"
          + "\"handle_outputs\":{";

  @Test
  void documents_areStoredAsTheRecordedBytes() throws Exception {
    List<String> stored = new ArrayList<>();
    for (String document : documents()) {
      byte[] line = document.getBytes(UTF_8);
      WorkflowStep step = new StepReader("acme").read(line, 0, line.length);
      stored.add(shown(StepRecord.of(step)));
    }

    assertThat(stored).isEqualTo(recorded());
  }

  private static List<String> documents() {
    List<String> documents = new ArrayList<>(Documents.lines(Documents.SEED));
    documents.addAll(Documents.lines(Documents.EVERY_KIND));
    for (int bytes : new int[] {65_536, 65_537, 70_000}) {
      documents.add(START + handle("a", bytes) + "}}");
    }
    List<String> handles = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      handles.add(handle("h" + i, 60_000 + i));
    }
    documents.add(
        START
            + String.join(",", handles)
            + "},\"handle_inputs\":{\"f\":{\"data\":null,\"type\":\"file\",\"document\":"
            + "{\"id\":\"f\",\"filename\":\"\",\"mime_type\":\"\"}}}}");
    return documents;
  }

  private static String handle(String name, int bytes) {
    return '"' + name + "\":{\"type\":\"json\",\"data\":\"" + "x".repeat(bytes - 2) + "\"}";
  }

  private static String shown(StepRecord record) {
    EncodedStep encoded = record.encoded();
    String payloads =
        record.payloads().stream().map(ExternalPayload::sha256).collect(Collectors.joining(","));
    return String.join(
        " ",
        shown(encoded.head()),
        shown(encoded.outputs()),
        shown(encoded.inputs()),
        payloads.isEmpty() ? "-" : payloads);
  }

  private static String shown(byte[] bytes) {
    if (bytes.length == 0) {
      return "-";
    }
    return bytes.length <= MOST_SHOWN
        ? HexFormat.of().formatHex(bytes)
        : "sha256:" + ExternalPayload.sha256(bytes);
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in = StoredBytesTest.class.getResourceAsStream("stored-bytes.txt")) {
      return new String(in.readAllBytes(), US_ASCII).lines().toList();
    }
  }
}
