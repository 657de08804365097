package dev.workflowsteps.server.document;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes documents as lines and counts them. A line break inside a document stands between its
 * tokens, where JSON allows any white space; in a file of lines it becomes a space.
 */
final class LineOutput extends FilterOutputStream {

  private boolean broken;
  private long documents;
  private long bytes;

  LineOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] b, int from, int length) throws IOException {
    int start = from;
    for (int i = from; i < from + length; i++) {
      if (b[i] == '\n' || b[i] == '\r') {
        out.write(b, start, i - start);
        out.write(' ');
        start = i + 1;
        broken = true;
      }
    }
    out.write(b, start, from + length - start);
    bytes += length;
  }

  /** Ends the line; true if the document had line breaks. */
  boolean end() throws IOException {
    out.write('\n');
    bytes++;
    documents++;
    boolean had = broken;
    broken = false;
    return had;
  }

  long documents() {
    return documents;
  }

  long bytes() {
    return bytes;
  }
}
