package dev.workflowsteps.server.steps;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** What may become of bytes that lie somewhere. */
public final class Damage {

  /** A third stays as it is. */
  public static byte[] sometimes(byte[] bytes, Random random) {
    return random.nextInt(3) == 0 ? bytes : of(bytes, random);
  }

  /** The same bytes cut, changed, or with others in their midst. */
  public static byte[] of(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> replaced(bytes, at, at, noise(random));
      case 2 ->
          replaced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4)), new byte[0]);
      default -> replaced(bytes, at, Math.min(bytes.length, at + 1), noise(random));
    };
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[1 + random.nextInt(3)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] with) {
    ByteArrayOutputStream replaced = new ByteArrayOutputStream();
    replaced.write(bytes, 0, from);
    replaced.writeBytes(with);
    replaced.write(bytes, to, bytes.length - to);
    return replaced.toByteArray();
  }

  private Damage() {}
}
