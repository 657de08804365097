package dev.workflowsteps.server.auth;

import java.util.Optional;

/**
 * Numbers written with the digits 0-9, A-Z, a-z, the most significant first, at a fixed width.
 * Every request has one, its key: so they are calculated in place. (BigInteger's own radix ends at
 * 36.)
 */
final class Base62 {

  private static final int BASE = 62;

  /** The digit at an index of 0..61. */
  static char digit(int index) {
    if (index < 10) {
      return (char) ('0' + index);
    }
    return (char) (index < 36 ? 'A' + index - 10 : 'a' + index - 36);
  }

  static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (index(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Of a digit; -1 if the character is none. */
  private static int index(char character) {
    if (character >= '0' && character <= '9') {
      return character - '0';
    }
    if (character >= 'A' && character <= 'Z') {
      return character - 'A' + 10;
    }
    return character >= 'a' && character <= 'z' ? character - 'a' + 36 : -1;
  }

  /** Writes an unsigned big-endian number; it must fit into the width. */
  static String encode(byte[] number, int width) {
    byte[] rest = number.clone();
    char[] digits = new char[width];
    for (int i = width - 1; i >= 0; i--) {
      digits[i] = digit(divide(rest));
    }
    return new String(digits);
  }

  /** Divides a number by the base, and returns what remains. */
  private static int divide(byte[] number) {
    int remainder = 0;
    for (int i = 0; i < number.length; i++) {
      int dividend = (remainder << Byte.SIZE) + Byte.toUnsignedInt(number[i]);
      number[i] = (byte) (dividend / BASE);
      remainder = dividend % BASE;
    }
    return remainder;
  }

  /**
   * Reads an unsigned big-endian number of so many bytes; empty if it doesn't fit, or if a
   * character is not a digit.
   */
  static Optional<byte[]> decode(String text, int length) {
    byte[] number = new byte[length];
    for (int i = 0; i < text.length(); i++) {
      int digit = index(text.charAt(i));
      if (digit < 0 || multiplyAndAdd(number, digit) != 0) {
        return Optional.empty();
      }
    }
    return Optional.of(number);
  }

  /** Multiplies a number by the base and adds a digit; returns what doesn't fit any more. */
  private static int multiplyAndAdd(byte[] number, int digit) {
    int carry = digit;
    for (int i = number.length - 1; i >= 0; i--) {
      carry += Byte.toUnsignedInt(number[i]) * BASE;
      number[i] = (byte) carry;
      carry >>= Byte.SIZE;
    }
    return carry;
  }

  private Base62() {}
}
