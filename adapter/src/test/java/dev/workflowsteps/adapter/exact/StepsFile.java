package dev.workflowsteps.adapter.exact;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The documents of a file, and what a plain scan of them gives. */
final class StepsFile {

  private static final Comparator<Document> ORDER =
      Comparator.comparingLong(Document::sortTime)
          .thenComparing(document -> utf8(document.field("step_id")), Arrays::compareUnsigned)
          .thenComparing(document -> utf8(document.field("run_id")), Arrays::compareUnsigned);

  private final List<Document> documents;

  static StepsFile read(Path file) {
    try (InputStream in = open(file)) {
      // The last document of a step stands.
      Map<String, Document> steps = new LinkedHashMap<>();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == '\n') {
          Document document = Document.parse(line.toByteArray());
          steps.put(document.field("run_id") + '\n' + document.field("step_id"), document);
          line.reset();
        } else {
          line.write(next);
        }
      }
      return new StepsFile(steps.values().stream().sorted(ORDER).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return file.toString().endsWith(".gz")
        ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16)
        : in;
  }

  private StepsFile(List<Document> documents) {
    this.documents = documents;
  }

  /** In list order. */
  List<Document> documents() {
    return documents;
  }

  /** What a list with these parameters holds in all, in its order. */
  List<Document> scan(Question question) {
    List<Document> found = new ArrayList<>();
    for (Document document : documents) {
      if (question.matches(document)) {
        found.add(document);
      }
    }
    if (question.descending()) {
      java.util.Collections.reverse(found);
    }
    return found;
  }

  /** Where a document lies from another: negative = before it, in list order. */
  static int compare(Document one, Document other) {
    return ORDER.compare(one, other);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
