package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workflowsteps.server.Rule;
import dev.workflowsteps.server.artifacts.Artifact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactReaderTest {

  private static final String START =
      "\"operation\":\"extraction\", \"id\": \"ext_1\",\"run_id\":\"r\",\"step_id\":\"s\"";
  private static final String CREATED = "\"created_at\": \"2026-03-12T09:00:00.50Z\"";

  @Test
  void read_record_isKeptByteForByte() throws RejectedDocumentException {
    String record =
        "{"
            + START
            + " ,\"block_id\":\"b\","
            + CREATED
            + ", \"output\":{\"a\":1.50,\"a\":[null]} }";

    Artifact artifact = read("  " + record + "\t");

    assertThat(new String(artifact.json(), UTF_8)).isEqualTo(record);
    assertThat(artifact.artifactId()).isEqualTo("ext_1");
    assertThat(artifact.operation()).isEqualTo("extraction");
    assertThat(artifact.runId()).isEqualTo("r");
    assertThat(artifact.stepId()).isEqualTo("s");
    assertThat(artifact.blockId()).contains("b");
  }

  @Test
  @Rule("artifact-shape")
  void read_nullsAndOrganization_areLeftOutAndTheRestStaysAsItWas()
      throws RejectedDocumentException {
    Artifact artifact =
        read(
            "{\"organization_id\": \"acme\", "
                + START
                + ", \"model\" : null, "
                + CREATED
                + ",\"x\" : 1E2}");

    assertThat(new String(artifact.json(), UTF_8))
        .isEqualTo("{" + START.replace(", ", ",") + "," + CREATED + ",\"x\" : 1E2}");
    assertThat(artifact.blockId()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"operation\":\"parse\"} | id: missing",
        "{START} | created_at: missing",
        "{START,\"created_at\":\"yesterday\"} | created_at: \"yesterday\"",
        "{START,\"created_at\":null} | created_at: missing",
        "{START,CREATED,\"id\":\"x\"} | id: given twice",
        "{START,CREATED,\"x\":1,\"x\":1} | x: given twice",
        "{START,CREATED,\"additionalProperties\":{}} | additionalProperties: given",
        "{\"organization_id\":\"beta\",START,CREATED} | organization_id: \"beta\"",
        "{START,CREATED,\"id2\":\"\\ud800\"} | id2: malformed JSON",
        "{START,CREATED}} | document: malformed JSON",
        "[] | document: [",
        "{\"operation\":7} | operation: 7"
      })
  void read_brokenRecord_isRejectedByItsField(String line, String sentence) {
    String whole = line.replace("START", START).replace("CREATED", CREATED);

    assertThatThrownBy(() -> read(whole))
        .isInstanceOf(RejectedDocumentException.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void read_record_mayHaveAHundredLevels_itselfTheFirst() throws RejectedDocumentException {
    String whole = '{' + START + ',' + CREATED + ",\"deep\":%s1%s}";

    read(whole.formatted("[".repeat(99), "]".repeat(99)));
    assertThatThrownBy(() -> read(whole.formatted("[".repeat(100), "]".repeat(100))))
        .isInstanceOf(RejectedDocumentException.class)
        .hasMessageContaining("100 levels");
  }

  private static Artifact read(String line) throws RejectedDocumentException {
    byte[] bytes = line.getBytes(UTF_8);
    return new ArtifactReader("acme").read(bytes, 0, bytes.length);
  }
}
