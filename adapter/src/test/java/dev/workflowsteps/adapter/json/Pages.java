package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import dev.workflowsteps.server.document.RejectedDocumentException;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.StepRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Pages as the server sends them: of each step the head, the outputs and the inputs. */
final class Pages {

  /** The two steps of the API reference page, one document each. */
  static List<String> seedDocuments() {
    try (InputStream in = Pages.class.getResourceAsStream("seed-run.ndjson")) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] page(List<String> documents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      for (String document : documents) {
        out.writeByteArray(1, step(document));
      }
      out.writeByteArray(2, new byte[0]);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] step(String document) {
    byte[] json = document.getBytes(UTF_8);
    try {
      return StepRecord.of(new StepReader("acme").read(json, 0, json.length)).encoded().bytes();
    } catch (RejectedDocumentException e) {
      throw new IllegalArgumentException(document, e);
    }
  }

  private Pages() {}
}
