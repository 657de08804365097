package dev.workflowsteps.adapter;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * Gives a target its seeds and what damage makes of them: the run of some seconds that every build
 * makes. Jazzer takes the same targets, the classes that end in {@code Fuzz}, as far as one likes;
 * see the README of the server. {@code -Dwfs.test.seed=N} begins with the seed that a failure
 * names.
 */
public final class ShortFuzz {

  private static final int ROUNDS = 10_000;
  private static final int MOST_DAMAGES = 6;
  private static final long FIRST = Long.getLong("wfs.test.seed", 20_260_312L);

  /** Throws whatever it will if something is wrong with how the bytes were taken. */
  @FunctionalInterface
  public interface Target {
    void take(byte[] bytes) throws Exception;
  }

  public static void run(List<byte[]> seeds, Target target) {
    for (long seed = FIRST; seed < FIRST + ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = seeds.get(random.nextInt(seeds.size()));
      for (int i = random.nextInt(MOST_DAMAGES); i > 0; i--) {
        bytes = damaged(bytes, seeds.get(random.nextInt(seeds.size())), random);
      }
      try {
        target.take(bytes);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", in base64: " + Base64.getEncoder().encodeToString(bytes), e);
      }
    }
  }

  /** The same with a part left out, or replaced by noise or by a part of another seed. */
  private static byte[] damaged(byte[] bytes, byte[] other, Random random) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(5));
    byte[] with = new byte[random.nextInt(4)];
    random.nextBytes(with);
    if (random.nextInt(3) == 0) {
      int start = random.nextInt(other.length + 1);
      with = Arrays.copyOfRange(other, start, Math.min(other.length, start + random.nextInt(40)));
    }
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    damaged.write(bytes, 0, from);
    damaged.writeBytes(with);
    damaged.write(bytes, to, bytes.length - to);
    return damaged.toByteArray();
  }

  private ShortFuzz() {}
}
