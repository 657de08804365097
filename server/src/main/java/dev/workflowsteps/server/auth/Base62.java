package dev.workflowsteps.server.auth;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * Numbers written with the digits 0-9, A-Z, a-z, the most significant first, at a fixed width.
 * (BigInteger's own radix ends at 36.)
 */
final class Base62 {

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  /** The digit at an index of 0..61. */
  static char digit(int index) {
    return DIGITS.charAt(index);
  }

  static boolean isDigits(String text) {
    return text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0);
  }

  /** Writes an unsigned big-endian number; it must fit into the width. */
  static String encode(byte[] number, int width) {
    BigInteger rest = new BigInteger(1, number);
    char[] digits = new char[width];
    for (int i = width - 1; i >= 0; i--) {
      BigInteger[] division = rest.divideAndRemainder(BASE);
      digits[i] = digit(division[1].intValue());
      rest = division[0];
    }
    return new String(digits);
  }

  /**
   * Reads an unsigned big-endian number of so many bytes; empty if it doesn't fit, or if a
   * character is not a digit.
   */
  static Optional<byte[]> decode(String text, int length) {
    if (!isDigits(text)) {
      return Optional.empty();
    }
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < text.length(); i++) {
      number = number.multiply(BASE).add(BigInteger.valueOf(DIGITS.indexOf(text.charAt(i))));
    }
    if (number.bitLength() > length * Byte.SIZE) {
      return Optional.empty();
    }
    // One bit more than the number has, so that it takes exactly one byte more, which is cut off.
    byte[] padded = number.setBit(length * Byte.SIZE).toByteArray();
    return Optional.of(Arrays.copyOfRange(padded, 1, padded.length));
  }

  private Base62() {}
}
