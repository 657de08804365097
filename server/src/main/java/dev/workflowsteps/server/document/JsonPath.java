package dev.workflowsteps.server.document;

import dev.workflowsteps.contract.Quote;

/** Where in a document the cursor stands. Costs nothing until it is shown. */
final class JsonPath {

  /** Deeper than any step goes outside its payloads, which are skipped as they are. */
  private static final int MAX_DEPTH = 8;

  private final String[] keys = new String[MAX_DEPTH];
  private final int[] indices = new int[MAX_DEPTH];
  private int depth;

  void enter() {
    keys[depth] = null;
    indices[depth] = -1;
    depth++;
  }

  void leave() {
    depth--;
  }

  void key(String key) {
    keys[depth - 1] = key;
  }

  void nextIndex() {
    indices[depth - 1]++;
  }

  /** For example {@code handle_outputs.output-json-0.data}; {@code document} at the top. */
  String shown() {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      if (keys[i] != null) {
        path.append(path.isEmpty() ? "" : ".").append(Quote.bare(keys[i]));
      } else if (indices[i] >= 0) {
        path.append('[').append(indices[i]).append(']');
      }
    }
    return path.isEmpty() ? "document" : path.toString();
  }

  /** A member of the object at the path. */
  String shown(String member) {
    String parent = shown();
    return parent.equals("document") ? member : parent + '.' + member;
  }
}
