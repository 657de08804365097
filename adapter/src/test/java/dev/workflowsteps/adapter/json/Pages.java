package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.workflowsteps.server.document.RejectedDocumentException;
import dev.workflowsteps.server.document.StepReader;
import dev.workflowsteps.server.steps.StepRecord;
import java.util.List;

/** Pages as the server sends them: of each step the head, the outputs and the inputs. */
final class Pages {

  static byte[] page(List<String> documents) {
    return Bytes.of(
        out -> {
          for (String document : documents) {
            out.writeByteArray(1, step(document));
          }
          out.writeByteArray(2, new byte[0]);
        });
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
