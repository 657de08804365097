package dev.workflowsteps.adapter.json;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DurationProto;
import com.google.protobuf.TimestampProto;
import dev.workflowsteps.proto.v1.JsonOptions;
import dev.workflowsteps.proto.v1.OptionsProto;

/** Message types that have what those of the service don't have. */
final class TestTypes {

  static final String TIMESTAMP = "google.protobuf.Timestamp";
  static final String DURATION = Duration.getDescriptor().getFullName();

  private static final JsonOptions ALWAYS = JsonOptions.newBuilder().setAlways(true).build();
  private static final JsonOptions RAW = JsonOptions.newBuilder().setRaw(true).build();

  /** Every kind of value in every shape, and itself. Numbers are far apart and out of order. */
  static Descriptor everything() {
    return type(
        DescriptorProto.newBuilder()
            .setName("Everything")
            .addField(field("last", 536_870_911, Type.TYPE_STRING))
            .addField(json(field("no_time", 3, TIMESTAMP), ALWAYS))
            .addField(field("time", 2, TIMESTAMP))
            .addField(repeated(field("times", 4, TIMESTAMP)))
            .addField(field("flag", 5, Type.TYPE_BOOL))
            .addField(json(field("shown_flag", 6, Type.TYPE_BOOL), ALWAYS))
            .addField(repeated(field("flags", 7, Type.TYPE_BOOL)))
            .addField(field("signed", 15, Type.TYPE_INT32))
            .addField(json(field("shown_signed", 16, Type.TYPE_INT32), ALWAYS))
            .addField(json(repeated(field("signeds", 17, Type.TYPE_INT32)), ALWAYS))
            .addField(field("unsigned", 18, Type.TYPE_UINT32))
            .addField(repeated(field("unsigneds", 19, Type.TYPE_UINT32)))
            .addField(field("zigzag", 20, Type.TYPE_SINT32))
            .addField(repeated(field("zigzags", 21, Type.TYPE_SINT32)))
            .addField(field("text", 2_000, Type.TYPE_STRING))
            .addField(json(field("shown_text", 2_001, Type.TYPE_STRING), ALWAYS))
            .addField(repeated(field("texts", 2_002, Type.TYPE_STRING)))
            .addField(json(field("json", 30, Type.TYPE_BYTES), RAW))
            .addField(json(repeated(field("jsons", 31, Type.TYPE_BYTES)), RAW))
            .addField(field("self", 40, ".test.Everything"))
            .addField(repeated(field("selves", 41, ".test.Everything")))
            .addField(repeated(field("by_name", 42, ".test.Everything.ByNameEntry")))
            .addField(repeated(field("counts", 43, ".test.Everything.CountsEntry")))
            .addNestedType(entry("ByNameEntry", field("value", 2, ".test.Everything")))
            .addNestedType(entry("CountsEntry", field("value", 2, Type.TYPE_INT32))));
  }

  /** A field that is the whole message, with another before it. */
  static Descriptor wholeInside() {
    JsonOptions whole = RAW.toBuilder().setWhole(true).build();
    return type(
        DescriptorProto.newBuilder()
            .setName("Outer")
            .addField(field("inner", 1, ".test.Outer.Inner"))
            .addField(repeated(field("inners", 2, ".test.Outer.Inner")))
            .addNestedType(
                DescriptorProto.newBuilder()
                    .setName("Inner")
                    .addField(field("id", 1, Type.TYPE_STRING))
                    .addField(json(field("body", 2, Type.TYPE_BYTES), whole))));
  }

  /** A message of one field, named {@code odd}, of that type. */
  static Descriptor odd(FieldDescriptorProto.Builder field) {
    return type(DescriptorProto.newBuilder().setName("Odd").addField(field));
  }

  static Descriptor oddMap() {
    return type(
        DescriptorProto.newBuilder()
            .setName("Odd")
            .addField(repeated(field("odd", 1, ".test.Odd.OddEntry")))
            .addNestedType(
                DescriptorProto.newBuilder()
                    .setName("OddEntry")
                    .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                    .addField(field("key", 1, Type.TYPE_INT32))
                    .addField(field("value", 2, Type.TYPE_INT32))));
  }

  static Descriptor oddOneof() {
    return type(
        DescriptorProto.newBuilder()
            .setName("Odd")
            .addOneofDecl(OneofDescriptorProto.newBuilder().setName("either"))
            .addField(field("odd", 1, Type.TYPE_INT32).setOneofIndex(0)));
  }

  static FieldDescriptorProto.Builder field(String name, int number, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(Label.LABEL_OPTIONAL)
        .setType(type);
  }

  static FieldDescriptorProto.Builder field(String name, int number, String type) {
    String absolute = type.startsWith(".") ? type : "." + type;
    return field(name, number, Type.TYPE_MESSAGE).setTypeName(absolute);
  }

  private static FieldDescriptorProto.Builder repeated(FieldDescriptorProto.Builder field) {
    return field.setLabel(Label.LABEL_REPEATED);
  }

  private static FieldDescriptorProto.Builder json(
      FieldDescriptorProto.Builder field, JsonOptions options) {
    return field.setOptions(FieldOptions.newBuilder().setExtension(OptionsProto.json, options));
  }

  private static DescriptorProto.Builder entry(String name, FieldDescriptorProto.Builder value) {
    return DescriptorProto.newBuilder()
        .setName(name)
        .setOptions(MessageOptions.newBuilder().setMapEntry(true))
        .addField(field("key", 1, Type.TYPE_STRING))
        .addField(value);
  }

  private static Descriptor type(DescriptorProto.Builder type) {
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("test.proto")
            .setPackage("test")
            .setSyntax("proto3")
            .addMessageType(type)
            .addEnumType(
                EnumDescriptorProto.newBuilder()
                    .setName("Word")
                    .addValue(EnumValueDescriptorProto.newBuilder().setName("NONE").setNumber(0)))
            .addDependency(TimestampProto.getDescriptor().getName())
            .addDependency(DurationProto.getDescriptor().getName())
            .build();
    FileDescriptor[] dependencies = {TimestampProto.getDescriptor(), DurationProto.getDescriptor()};
    try {
      return FileDescriptor.buildFrom(file, dependencies).getMessageTypes().get(0);
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private TestTypes() {}
}
