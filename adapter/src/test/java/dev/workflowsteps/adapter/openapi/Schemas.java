package dev.workflowsteps.adapter.openapi;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Timestamp;
import dev.workflowsteps.proto.v1.JsonOptions;
import dev.workflowsteps.proto.v1.OptionsProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The messages of the answers as JSON Schema, as {@code adapter.json} prints them: each under its
 * own name, found by those that hold it.
 */
final class Schemas {

  private static final String PLACE = "#/components/schemas/";

  private final Comments comments;
  private final Map<String, ObjectNode> byName = new TreeMap<>();

  Schemas(Comments comments) {
    this.comments = comments;
  }

  /** A reference to the schema of a message, which is made if it is new. */
  ObjectNode of(Descriptor type) {
    if (!byName.containsKey(type.getName())) {
      ObjectNode schema = node();
      // Before its fields are looked at: a message may contain itself.
      byName.put(type.getName(), schema);
      fill(schema, type);
    }
    return reference(type.getName());
  }

  /** Adds a schema that is no message's. */
  ObjectNode add(String name) {
    ObjectNode schema = node();
    byName.put(name, schema);
    return schema;
  }

  static ObjectNode reference(String name) {
    return node().put("$ref", PLACE + name);
  }

  /** One value, that is there. */
  ObjectNode value(FieldDescriptor field) {
    return switch (field.getType()) {
      case BOOL -> node().put("type", "boolean");
      case INT32, SINT32 -> node().put("type", "integer").put("format", "int32");
      case UINT32 -> node().put("type", "integer").put("minimum", 0);
      case STRING -> node().put("type", "string");
      // JSON text, spliced in: anything.
      case BYTES -> node();
      case MESSAGE -> message(field.getMessageType());
      default ->
          throw new IllegalArgumentException(
              field.getFullName() + ": " + field.getType() + " has no form in JSON here");
    };
  }

  void writeTo(ObjectNode components) {
    components.putObject("schemas").setAll(byName);
  }

  /** Adds what the proto says of it, and more if there is more to say. */
  void describe(ObjectNode schema, GenericDescriptor descriptor, String more) {
    String gap = more.isEmpty() || more.startsWith("\n") ? "" : " ";
    String text = (comments.of(descriptor) + gap + more).strip();
    if (!text.isEmpty()) {
      schema.put("description", text);
    }
  }

  static boolean isRequired(FieldDescriptor field) {
    return field
        .getOptions()
        .getExtension(FieldBehaviorProto.fieldBehavior)
        .contains(FieldBehavior.REQUIRED);
  }

  private void fill(ObjectNode schema, Descriptor type) {
    Optional<FieldDescriptor> whole =
        type.getFields().stream().filter(field -> options(field).getWhole()).findFirst();
    schema.put("type", "object");
    describe(schema, type, whole.map(field -> "\n\n" + comments.of(field)).orElse(""));
    ObjectNode properties = node();
    ArrayNode required = JsonNodeFactory.instance.arrayNode();
    type.getFields().stream()
        .filter(field -> !options(field).getWhole())
        .sorted()
        .forEach(
            field -> {
              properties.set(field.getName(), property(field));
              if (whole.isPresent()
                  ? isRequired(field)
                  : options(field).getAlways() && views(field).isEmpty()) {
                required.add(field.getName());
              }
            });
    schema.set("properties", properties);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    if (whole.isPresent()) {
      schema.put("additionalProperties", true);
    }
  }

  private ObjectNode property(FieldDescriptor field) {
    ObjectNode schema;
    if (field.isMapField()) {
      FieldDescriptor entry = field.getMessageType().findFieldByNumber(2);
      schema = node().put("type", "object");
      schema.set("additionalProperties", value(entry));
    } else if (field.isRepeated()) {
      schema = node().put("type", "array");
      schema.set("items", value(field));
    } else {
      schema = value(field);
      if (options(field).getAlways() && field.hasPresence() && !isRequired(field)) {
        schema = nullable(schema);
      }
    }
    describe(schema, field, absence(field));
    Values.of(field).suggest(schema);
    return schema;
  }

  /** When a key is missing that is otherwise always there. */
  private static String absence(FieldDescriptor field) {
    return views(field).isEmpty()
        ? ""
        : views(field).stream()
            .map(view -> "`view=" + view + "`")
            .collect(joining(" and ", "Absent with ", ", and always present otherwise."));
  }

  private static List<String> views(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.omittedInView);
  }

  private ObjectNode message(Descriptor type) {
    return type.getFullName().equals(Timestamp.getDescriptor().getFullName())
        ? node().put("type", "string").put("format", "date-time")
        : of(type);
  }

  private static ObjectNode nullable(ObjectNode schema) {
    if (schema.has("$ref")) {
      ObjectNode either = node();
      either.putArray("oneOf").add(schema).add(node().put("type", "null"));
      return either;
    }
    if (schema.has("type")) {
      String type = schema.get("type").textValue();
      schema.putArray("type").add(type).add("null");
    }
    return schema;
  }

  private static JsonOptions options(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.json);
  }

  private static ObjectNode node() {
    return JsonNodeFactory.instance.objectNode();
  }
}
