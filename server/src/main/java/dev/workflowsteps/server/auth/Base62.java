package dev.workflowsteps.server.auth;

import java.util.Arrays;
import java.util.Optional;

/** Numbers written with the digits 0-9, A-Z, a-z, the most significant first, at a fixed width. */
final class Base62 {

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** The digit at an index of 0..61. */
  static char digit(int index) {
    return DIGITS.charAt(index);
  }

  static boolean isDigits(String text) {
    return text.chars().allMatch(c -> value(c) >= 0);
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

  /**
   * Reads an unsigned big-endian number of so many bytes; empty if it doesn't fit, or at a foreign
   * character.
   */
  static Optional<byte[]> decode(String text, int length) {
    byte[] number = new byte[length];
    for (int i = 0; i < text.length(); i++) {
      int digit = value(text.charAt(i));
      if (digit < 0 || !multiplyAndAdd(number, digit)) {
        Arrays.fill(number, (byte) 0);
        return Optional.empty();
      }
    }
    return Optional.of(number);
  }

  /** Divides in place by 62 and gives the remainder. */
  private static int divide(byte[] number) {
    int remainder = 0;
    for (int i = 0; i < number.length; i++) {
      int dividend = (remainder << 8) | (number[i] & 0xff);
      number[i] = (byte) (dividend / 62);
      remainder = dividend % 62;
    }
    return remainder;
  }

  /** Multiplies in place by 62 and adds; false if the result doesn't fit. */
  private static boolean multiplyAndAdd(byte[] number, int digit) {
    int carry = digit;
    for (int i = number.length - 1; i >= 0; i--) {
      int product = (number[i] & 0xff) * 62 + carry;
      number[i] = (byte) product;
      carry = product >>> 8;
    }
    return carry == 0;
  }

  private static int value(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
      return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
  }

  private Base62() {}
}
