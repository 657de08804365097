package dev.workflowsteps.server.steps;

import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * Gives a target its seeds and what damage makes of them: the run of some seconds that every build
 * makes. Jazzer tries the same targets, the classes that end in {@code Fuzz}, for as long as one
 * likes, led by the code that is reached; see the README.
 */
public final class ShortFuzz {

  private static final int ROUNDS = 10_000;
  private static final int MOST_DAMAGES = 6;

  /** Throws whatever it will if something is wrong with how the bytes were taken. */
  @FunctionalInterface
  public interface Target {
    void take(byte[] bytes) throws Exception;
  }

  public static void run(List<byte[]> seeds, Target target) {
    long first = Seed.first();
    for (byte[] bytes : seeds) {
      take(target, bytes, first);
    }
    for (long seed = first; seed < first + ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = seeds.get(random.nextInt(seeds.size()));
      for (int i = random.nextInt(MOST_DAMAGES); i >= 0; i--) {
        bytes = Damage.of(bytes, random);
      }
      take(target, bytes, seed);
    }
  }

  private static void take(Target target, byte[] bytes, long seed) {
    try {
      target.take(bytes);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "seed " + seed + ", in base64: " + Base64.getEncoder().encodeToString(bytes), e);
    }
  }

  private ShortFuzz() {}
}
