package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.adapter.json.FieldPlan.Shape;
import dev.workflowsteps.proto.v1.JsonOptions;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes plans of descriptors, and refuses what the printer could not print right. */
final class PlanCompiler {

  private final String view;
  private final Map<Descriptor, MessagePlan> plans = new HashMap<>();

  private PlanCompiler(String view) {
    this.view = view;
  }

  /**
   * @param view whose fields are planned; empty = all fields
   * @throws IllegalArgumentException if a field, at any depth, is of a type that is not printed
   */
  static MessagePlan compile(Descriptor type, String view) {
    if (isWellKnown(type)) {
      throw new IllegalArgumentException(
          "message: " + type.getFullName() + " (expected: one that is not of google.protobuf)");
    }
    return new PlanCompiler(view).plan(type);
  }

  private MessagePlan plan(Descriptor type) {
    MessagePlan known = plans.get(type);
    if (known != null) {
      return known;
    }
    MessagePlan plan = new MessagePlan(type.getFullName());
    plans.put(type, plan);
    List<FieldDescriptor> sorted = new ArrayList<>(type.getFields());
    sorted.removeIf(this::isOmitted);
    sorted.sort(Comparator.comparingInt(FieldDescriptor::getNumber));
    int[] numbers = new int[sorted.size()];
    FieldPlan[] fields = new FieldPlan[sorted.size()];
    int whole = MessagePlan.NO_SLOT;
    for (int slot = 0; slot < fields.length; slot++) {
      FieldDescriptor field = sorted.get(slot);
      numbers[slot] = field.getNumber();
      fields[slot] = field(field);
      if (options(field).getWhole()) {
        requireWhole(field);
        whole = slot;
      }
    }
    plan.complete(numbers, fields, whole);
    return plan;
  }

  private FieldPlan field(FieldDescriptor field) {
    if (field.getRealContainingOneof() != null) {
      throw unsupported(field, "a field outside of a oneof");
    }
    Shape shape = shape(field);
    FieldDescriptor value = shape == Shape.MAP ? mapValue(field) : field;
    ValueKind kind = kind(value, field);
    return new FieldPlan(
        field.getName(),
        shape,
        kind,
        field.hasPresence(),
        options(field).getAlways(),
        message(shape, kind, field),
        (",\"" + field.getName() + "\":").getBytes(UTF_8),
        absent(shape, kind, field).getBytes(UTF_8));
  }

  private boolean isOmitted(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.omittedInView).contains(view);
  }

  private MessagePlan message(Shape shape, ValueKind kind, FieldDescriptor field) {
    boolean nested = shape == Shape.MAP || kind.merges();
    return nested ? plan(field.getMessageType()) : null;
  }

  private static Shape shape(FieldDescriptor field) {
    if (field.isMapField()) {
      return Shape.MAP;
    }
    return field.isRepeated() ? Shape.REPEATED : Shape.SINGULAR;
  }

  private static FieldDescriptor mapValue(FieldDescriptor field) {
    Descriptor entry = field.getMessageType();
    if (entry.findFieldByNumber(1).getType() != FieldDescriptor.Type.STRING) {
      throw unsupported(field, "a map with strings as keys");
    }
    return entry.findFieldByNumber(2);
  }

  private static ValueKind kind(FieldDescriptor value, FieldDescriptor field) {
    return switch (value.getType()) {
      case BOOL -> ValueKind.BOOL;
      case INT32 -> ValueKind.INT32;
      case UINT32 -> ValueKind.UINT32;
      case SINT32 -> ValueKind.SINT32;
      case STRING -> ValueKind.STRING;
      case BYTES -> raw(field);
      case MESSAGE -> messageKind(value.getMessageType(), field);
      case INT64 -> secondsOfTimestamp(field);
      default -> throw unsupported(field, "bool, int32, uint32, sint32, string, bytes or message");
    };
  }

  private static ValueKind raw(FieldDescriptor field) {
    if (!options(field).getRaw()) {
      throw unsupported(field, "bytes that are JSON text, marked (json).raw");
    }
    return ValueKind.RAW;
  }

  private static ValueKind messageKind(Descriptor type, FieldDescriptor field) {
    if (type.getFullName().equals(Timestamp.getDescriptor().getFullName())) {
      return ValueKind.TIMESTAMP;
    }
    if (isWellKnown(type)) {
      throw unsupported(field, "google.protobuf.Timestamp or a message of another package");
    }
    return ValueKind.MESSAGE;
  }

  private static ValueKind secondsOfTimestamp(FieldDescriptor field) {
    if (!field.getContainingType().getFullName().equals(Timestamp.getDescriptor().getFullName())) {
      throw unsupported(field, "an integer of 32 bits: JSON readers lose digits of 64");
    }
    return ValueKind.INT64;
  }

  private static boolean isWellKnown(Descriptor type) {
    return type.getFile().getPackage().equals("google.protobuf");
  }

  private static String absent(Shape shape, ValueKind kind, FieldDescriptor field) {
    return switch (shape) {
      case REPEATED -> "[]";
      case MAP -> "{}";
      case SINGULAR -> field.hasPresence() ? "null" : kind.absent;
    };
  }

  private static void requireWhole(FieldDescriptor field) {
    if (shape(field) != Shape.SINGULAR || !options(field).getRaw()) {
      throw unsupported(field, "one raw field, for it is marked (json).whole");
    }
  }

  private static JsonOptions options(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.json);
  }

  private static IllegalArgumentException unsupported(FieldDescriptor field, String expected) {
    return new IllegalArgumentException(
        "field: " + field.getFullName() + " (expected: " + expected + ")");
  }
}
