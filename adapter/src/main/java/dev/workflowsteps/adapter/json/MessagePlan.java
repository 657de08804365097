package dev.workflowsteps.adapter.json;

import java.util.Arrays;

/**
 * How a message is printed: its fields in the order of their numbers. A field's place in that order
 * is its slot.
 */
final class MessagePlan {

  static final int NO_SLOT = -1;

  final String name;

  private int[] numbers;
  private FieldPlan[] fields;
  private int whole = NO_SLOT;

  MessagePlan(String name) {
    this.name = name;
  }

  /**
   * Called once, after the plan was made: a message may contain itself.
   *
   * @param whole the slot of the raw field that stands for the whole message, or {@link #NO_SLOT}
   */
  void complete(int[] numbers, FieldPlan[] fields, int whole) {
    this.numbers = numbers;
    this.fields = fields;
    this.whole = whole;
  }

  int size() {
    return fields.length;
  }

  FieldPlan field(int slot) {
    return fields[slot];
  }

  /** The slot of the raw field that stands for the whole message, or {@link #NO_SLOT}. */
  int whole() {
    return whole;
  }

  /**
   * The slot of a field number, negative if the message has no such field.
   *
   * @param guess a slot to look at first, with the one behind it: fields mostly arrive in order
   */
  int slot(int number, int guess) {
    if (guess < numbers.length && numbers[guess] == number) {
      return guess;
    }
    if (guess + 1 < numbers.length && numbers[guess + 1] == number) {
      return guess + 1;
    }
    return Arrays.binarySearch(numbers, number);
  }

  /**
   * The slot of the field of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  int slot(String fieldName) {
    for (int slot = 0; slot < fields.length; slot++) {
      if (fields[slot].name().equals(fieldName)) {
        return slot;
      }
    }
    throw new IllegalArgumentException(
        "field: " + fieldName + " (expected: a field of " + name + ")");
  }
}
