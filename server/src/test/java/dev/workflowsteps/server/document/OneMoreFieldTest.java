package dev.workflowsteps.server.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.workflowsteps.proto.v1.OptionsProto;
import dev.workflowsteps.proto.v1.ValueOptions;
import dev.workflowsteps.proto.v1.WorkflowStep;
import dev.workflowsteps.server.steps.MessageValidator;
import dev.workflowsteps.server.steps.Rejection;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A step with one more field is read and checked: the proto alone says so. */
class OneMoreFieldTest {

  private static final String STEP =
      "{\"run_id\":\"r\",\"block_id\":\"b\",\"step_id\":\"s\",\"block_type\":\"note\","
          + "\"block_label\":\"L\",\"lifecycle\":{\"status\":\"running\"},\"priority\":";

  private final Descriptor type = typeWithPriority();
  private final MessageReader reader = MessageReader.of(type);
  private final MessageValidator validator =
      MessageValidator.of(DynamicMessage.getDefaultInstance(type));

  @Test
  void field_isRead_byItsTypeInTheProto() throws Exception {
    DynamicMessage step = read("7}");

    assertThat(step.getField(type.findFieldByName("priority"))).isEqualTo(7);
    assertThat(check(step)).isEmpty();
    assertThatThrownBy(() -> read("\"high\"}"))
        .hasMessage("priority: \"high\" (expected: an integer)");
    assertThatThrownBy(() -> read("7,\"prioriti\":8}")).hasMessageContaining("did you mean");
  }

  @Test
  void field_isChecked_byItsOptionsInTheProto() throws Exception {
    assertThat(check(read("11}")))
        .map(Rejection::sentence)
        .hasValue("priority: 11 (expected: 1 to 10)");
  }

  private DynamicMessage read(String rest) throws Exception {
    byte[] line = (STEP + rest).getBytes(UTF_8);
    WireBuffer out = new WireBuffer(line.length);
    reader.read(new JsonCursor(line, 0, line.length), others -> {}, out);
    return DynamicMessage.parseFrom(type, out.toInput());
  }

  private Optional<Rejection> check(DynamicMessage step) {
    return validator.check(step);
  }

  /** The step's type with {@code int32 priority = 40}, from 1 to 10. */
  private static Descriptor typeWithPriority() {
    FieldDescriptorProto priority =
        FieldDescriptorProto.newBuilder()
            .setName("priority")
            .setNumber(40)
            .setType(Type.TYPE_INT32)
            .setLabel(Label.LABEL_OPTIONAL)
            .setProto3Optional(false)
            .setOptions(
                FieldOptions.newBuilder()
                    .setExtension(
                        OptionsProto.values,
                        ValueOptions.newBuilder().setLeast(1).setMost(10).build()))
            .build();
    FileDescriptorProto.Builder file = WorkflowStep.getDescriptor().getFile().toProto().toBuilder();
    DescriptorProto.Builder step =
        file.getMessageTypeBuilder(WorkflowStep.getDescriptor().getIndex());
    step.addField(priority);
    try {
      return FileDescriptor.buildFrom(
              file.build(),
              WorkflowStep.getDescriptor()
                  .getFile()
                  .getDependencies()
                  .toArray(FileDescriptor[]::new))
          .findMessageTypeByName("WorkflowStep");
    } catch (com.google.protobuf.Descriptors.DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }
}
