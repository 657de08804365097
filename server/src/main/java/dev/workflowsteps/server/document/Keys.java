package dev.workflowsteps.server.document;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The keys that one type of object may have; at most 64. */
final class Keys {

  private final List<String> names;
  private final byte[][] spelled;

  Keys(List<String> names) {
    this.names = names;
    this.spelled =
        names.stream().map(name -> name.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
  }

  List<String> names() {
    return names;
  }

  /** The index of the key that these bytes spell, -1 if none. Makes no new string. */
  int find(byte[] b, int from, int to) {
    for (int i = 0; i < spelled.length; i++) {
      byte[] key = spelled[i];
      if (key.length == to - from && Arrays.equals(key, 0, key.length, b, from, to)) {
        return i;
      }
    }
    return -1;
  }
}
