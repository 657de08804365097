package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The documents that the tests read. */
public final class Documents {

  /** Recorded runs, from MIT and Apache-2.0 sources. */
  public static final String SAMPLE = "sample-permissive.ndjson";

  /** The two steps of the API reference page. */
  public static final String SEED = "seed-run.ndjson";

  /** Written by hand: every block type, status, stage and operation, odd ids, tricky payloads. */
  public static final String EVERY_KIND = "every-kind.ndjson";

  /** What {@code serve --demo} shows. */
  public static final String DEMO = "/dev/workflowsteps/server/demo/demo.ndjson";

  public static byte[] bytes(String file) {
    try (InputStream in = Documents.class.getResourceAsStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<String> lines(String file) {
    return new String(bytes(file), UTF_8).lines().toList();
  }

  private Documents() {}
}
