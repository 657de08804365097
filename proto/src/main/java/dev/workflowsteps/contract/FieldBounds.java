package dev.workflowsteps.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.ValueOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The bounds of a field, as its {@code values} option in the {@code .proto} says.
 *
 * @param min the least number
 * @param max the greatest number
 * @param otherwise the number that counts if the field is absent; 0 if it names none
 * @param maxBytes the most bytes of UTF-8
 * @param maxValues the most elements
 */
public record FieldBounds(int min, int max, int otherwise, int maxBytes, int maxValues) {

  private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9][0-9]*");
  private static final Map<FieldDescriptor, FieldBounds> KNOWN = new ConcurrentHashMap<>();

  /** The bounds of a field of a message. */
  public static FieldBounds of(Descriptor message, String field) {
    return of(message.findFieldByName(field));
  }

  /** The bounds of a field. Where its option is silent, anything goes. */
  public static FieldBounds of(FieldDescriptor field) {
    return KNOWN.computeIfAbsent(field, FieldBounds::read);
  }

  private static FieldBounds read(FieldDescriptor field) {
    ValueOptions options = field.getOptions().getExtension(OptionsProto.values);
    boolean number = field.getJavaType() == FieldDescriptor.JavaType.INT;
    return new FieldBounds(
        options.hasLeast() ? options.getLeast() : Integer.MIN_VALUE,
        options.hasMost() ? options.getMost() : Integer.MAX_VALUE,
        number && options.hasAbsent() ? Integer.parseInt(options.getAbsent()) : 0,
        options.hasMostBytes() ? options.getMostBytes() : Integer.MAX_VALUE,
        options.hasMostValues() ? options.getMostValues() : Integer.MAX_VALUE);
  }

  /** Whether a text is a whole number as JSON writes it: no plus, no leading zeros. */
  public static boolean isWholeNumber(String text) {
    return WHOLE_NUMBER.matcher(text).matches();
  }

  /** Whether a number is within the bounds. */
  public boolean contains(long number) {
    return number >= min && number <= max;
  }

  /** The range of numbers, for messages, for example {@code 1..1000}. */
  public String range() {
    return min + ".." + max;
  }
}
