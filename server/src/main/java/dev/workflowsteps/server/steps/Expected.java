package dev.workflowsteps.server.steps;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.server.text.Rfc3339;
import java.util.List;

/** What a field holds, as a rejection says it. */
public final class Expected {

  /** For example {@code an object with id, filename and mime_type}. */
  public static String of(FieldDescriptor field) {
    if (field.isMapField()) {
      return "an object";
    }
    if (field.isRepeated()) {
      return "an array";
    }
    return switch (field.getJavaType()) {
      case STRING -> TextValidator.of(field).expected();
      case INT -> "an integer";
      case BOOLEAN -> "true or false";
      case BYTE_STRING ->
          field.getOptions().getExtension(OptionsProto.json).getObject()
              ? "a JSON object or null"
              : "any JSON or null";
      case MESSAGE -> message(field.getMessageType());
      default -> throw new IllegalArgumentException(field.getFullName() + ": no form in JSON");
    };
  }

  /** Whether a field must always be given. */
  public static boolean isRequired(FieldDescriptor field) {
    return has(field, FieldBehavior.REQUIRED);
  }

  /** Whether only the server sets a field. */
  public static boolean isOutputOnly(FieldDescriptor field) {
    return has(field, FieldBehavior.OUTPUT_ONLY);
  }

  /** Whether a message is a {@code google.protobuf.Timestamp}. */
  public static boolean isTime(Descriptor type) {
    return type.getFullName().equals(Timestamp.getDescriptor().getFullName());
  }

  private static boolean has(FieldDescriptor field, FieldBehavior behavior) {
    return field.getOptions().getExtension(FieldBehaviorProto.fieldBehavior).contains(behavior);
  }

  private static String message(Descriptor type) {
    if (isTime(type)) {
      return Rfc3339.EXPECTED;
    }
    List<String> required =
        type.getFields().stream()
            .filter(Expected::isRequired)
            .map(FieldDescriptor::getName)
            .toList();
    return switch (required.size()) {
      case 0 -> "an object";
      case 1 -> "an object with " + required.get(0);
      default ->
          "an object with "
              + String.join(", ", required.subList(0, required.size() - 1))
              + " and "
              + required.get(required.size() - 1);
    };
  }

  private Expected() {}
}
