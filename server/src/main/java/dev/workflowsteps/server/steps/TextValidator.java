package dev.workflowsteps.server.steps;

import com.google.common.base.Utf8;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.contract.Words;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.ValueOptions;
import java.util.Optional;

/**
 * Checks the text of one field by the field's options in the {@code .proto}: one of its words, or
 * an id if it has a bound in bytes, else any text that the storage can hold and UTF-8 can carry.
 */
public final class TextValidator {

  /** Empty if the field takes other texts too. */
  private final Optional<Words> words;

  /** 0 = no bound. */
  private final int mostBytes;

  private TextValidator(Optional<Words> words, int mostBytes) {
    this.words = words;
    this.mostBytes = mostBytes;
  }

  /** The rules of a field of type string. */
  public static TextValidator of(FieldDescriptor field) {
    ValueOptions options = field.getOptions().getExtension(OptionsProto.values);
    return new TextValidator(
        Optional.of(Words.of(field)).filter(words -> !words.all().isEmpty()),
        options.getMostBytes());
  }

  /** Takes any text that can be stored. */
  static TextValidator ofAnyText() {
    return new TextValidator(Optional.empty(), 0);
  }

  /** What the field takes, as a rejection says it. */
  String expected() {
    if (words.isPresent()) {
      return "one of " + String.join(", ", words.get().all());
    }
    return mostBytes > 0 ? "1 to " + mostBytes + " bytes of UTF-8" : "text";
  }

  /** The first violation, its field empty; empty if there is none. */
  public Optional<Rejection> check(String value) {
    if (words.isPresent()) {
      return words.get().contains(value)
          ? Optional.empty()
          : Optional.of(Rejection.word("", value, words.get()));
    }
    String expected = mostBytes > 0 && value.isEmpty() ? expected() : unstorable(value);
    if (expected.isEmpty() && mostBytes > 0) {
      expected = notAnId(value);
    }
    return expected.isEmpty() ? Optional.empty() : Optional.of(Rejection.text("", value, expected));
  }

  /** What was expected in place of a text that can't be stored; empty if it can. */
  private static String unstorable(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == 0) {
        return "text without U+0000";
      }
      if (Character.isSurrogate(c)) {
        if (!startsPair(value, i)) {
          return "text without lone surrogates";
        }
        i++;
      }
    }
    return "";
  }

  private String notAnId(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return "no control characters";
      }
    }
    int bytes = Utf8.encodedLength(value);
    return bytes > mostBytes ? expected() + ", not " + bytes : "";
  }

  private static boolean startsPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
