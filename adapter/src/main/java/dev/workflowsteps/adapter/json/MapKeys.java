package dev.workflowsteps.adapter.json;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Leaves one entry per key in a map: at the place of the key's first entry, with the value of its
 * last, as protobuf's Java parser does.
 *
 * <p>Few entries are compared with each other; many go through a hash table that lies on the index'
 * stack. Its hash begins with a number drawn at start, for the keys are chosen by whoever wrote the
 * step.
 */
final class MapKeys {

  private static final int COMPARED = 8;
  private static final int SEED = ThreadLocalRandom.current().nextInt();

  /** The slot of the key in an entry's frame. */
  static final int KEY = 0;

  /** The slot of the value in an entry's frame. */
  static final int VALUE = 1;

  /**
   * @param list address of {@code count} cells that hold the entries' frames; where an entry gives
   *     way, 0 is put
   */
  static void unify(FieldIndex index, byte[] wire, int list, int count) {
    if (count <= COMPARED) {
      compare(index, wire, list, count);
    } else {
      hash(index, wire, list, count);
    }
  }

  private static void compare(FieldIndex index, byte[] wire, int list, int count) {
    for (int i = 1; i < count; i++) {
      for (int j = 0; j < i; j++) {
        if (index.cell(list + j) != 0 && isSame(index, wire, list + i, list + j)) {
          replace(index, list + i, list + j);
          break;
        }
      }
    }
  }

  private static void hash(FieldIndex index, byte[] wire, int list, int count) {
    int size = Integer.highestOneBit(count) << 2;
    int table = index.reserve(size);
    for (int i = list; i < list + count; i++) {
      int bucket = hash(index, wire, i) & size - 1;
      int other = index.cell(table + bucket);
      while (other != 0 && !isSame(index, wire, i, other)) {
        bucket = bucket + 1 & size - 1;
        other = index.cell(table + bucket);
      }
      if (other == 0) {
        index.setCell(table + bucket, i);
      } else {
        replace(index, i, other);
      }
    }
    index.close(table);
  }

  private static int hash(FieldIndex index, byte[] wire, int entry) {
    int key = index.first(index.cell(entry), KEY);
    int hash = SEED;
    if (key != 0) {
      int end = index.end(key);
      for (int i = index.start(key); i < end; i++) {
        hash = (hash ^ wire[i]) * 0x01000193;
        hash ^= hash >>> 15;
      }
    }
    return hash;
  }

  private static boolean isSame(FieldIndex index, byte[] wire, int entry, int other) {
    int a = index.first(index.cell(entry), KEY);
    int b = index.first(index.cell(other), KEY);
    return Arrays.equals(
        wire, start(index, a), end(index, a), wire, start(index, b), end(index, b));
  }

  // An entry without a key has the empty key.

  private static int start(FieldIndex index, int key) {
    return key == 0 ? 0 : index.start(key);
  }

  private static int end(FieldIndex index, int key) {
    return key == 0 ? 0 : index.end(key);
  }

  private static void replace(FieldIndex index, int entry, int first) {
    index.setCell(first, index.cell(entry));
    index.setCell(entry, 0);
  }

  private MapKeys() {}
}
