package dev.workflowsteps.adapter.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.ValueOptions;

/** What the option {@code values} says of a field, in the words of JSON Schema. */
final class Values {

  private final FieldDescriptor field;
  private final ValueOptions options;

  /** The options that hold the words: of the field itself, or of the one that it names. */
  private final ValueOptions words;

  /**
   * @throws IllegalArgumentException if it has the words of a field that is not there
   */
  static Values of(FieldDescriptor field) {
    return new Values(field);
  }

  private Values(FieldDescriptor field) {
    this.field = field;
    this.options = options(field);
    this.words = options.getWordsOf().isEmpty() ? options : options(named(options.getWordsOf()));
  }

  /** What a parameter takes, and nothing else. */
  void bind(ObjectNode parameter) {
    ObjectNode value = field.isRepeated() ? (ObjectNode) parameter.get("items") : parameter;
    if (words.getWordsCount() > 0) {
      ArrayNode enumeration = value.putArray("enum");
      words.getWordsList().forEach(enumeration::add);
      words.getRetiredList().forEach(enumeration::add);
    } else if (field.getType() == FieldDescriptor.Type.STRING) {
      value.put("minLength", 1);
    }
    if (options.hasMostBytes()) {
      // JSON Schema counts characters, of which no more than that fit.
      value.put("maxLength", options.getMostBytes());
    }
    if (options.hasLeast()) {
      value.put("minimum", options.getLeast());
    }
    if (options.hasMost()) {
      value.put("maximum", options.getMost());
    }
    if (options.hasMostValues()) {
      parameter.put("maxItems", options.getMostValues());
    }
    if (options.hasAbsent()) {
      putAbsent(parameter);
    }
  }

  /** What an answer may hold: others too, for the document may be older than what is stored. */
  void suggest(ObjectNode value) {
    if (words.getWordsCount() > 0) {
      ArrayNode examples = value.putArray("examples");
      words.getWordsList().forEach(examples::add);
    }
  }

  /** What the schema can't say. Empty if it says all. */
  String sentence() {
    return options.hasMostBytes()
        ? "At most " + options.getMostBytes() + " bytes of UTF-8, no control characters."
        : "";
  }

  private void putAbsent(ObjectNode parameter) {
    if (field.getType() == FieldDescriptor.Type.INT32) {
      parameter.put("default", Integer.parseInt(options.getAbsent()));
    } else {
      parameter.put("default", options.getAbsent());
    }
  }

  private FieldDescriptor named(String name) {
    int dot = name.indexOf('.');
    Descriptor type = message(name.substring(0, Math.max(0, dot)));
    FieldDescriptor found = type == null ? null : type.findFieldByName(name.substring(dot + 1));
    if (found == null) {
      throw new IllegalArgumentException(
          field.getFullName() + ": words_of " + name + " (expected: Message.field)");
    }
    return found;
  }

  /** Looked for in the file of the field and in what that imports. */
  private Descriptor message(String name) {
    Descriptor type = field.getFile().findMessageTypeByName(name);
    for (var file : field.getFile().getDependencies()) {
      type = type == null ? file.findMessageTypeByName(name) : type;
    }
    return type;
  }

  private static ValueOptions options(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.values);
  }
}
