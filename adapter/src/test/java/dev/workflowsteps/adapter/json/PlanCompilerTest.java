package dev.workflowsteps.adapter.json;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Builder;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanCompilerTest {

  @ParameterizedTest
  @EnumSource(
      value = Type.class,
      names = {
        "TYPE_INT64", "TYPE_UINT64", "TYPE_SINT64", "TYPE_FIXED64", "TYPE_SFIXED64",
        "TYPE_FIXED32", "TYPE_SFIXED32", "TYPE_FLOAT", "TYPE_DOUBLE", "TYPE_BYTES"
      })
  void compile_typeThatIsNotPrinted_namesTheField(Type type) {
    assertRefused(TestTypes.odd(TestTypes.field("odd", 1, type)));
  }

  @Test
  void compile_enum_namesTheField() {
    Builder word = TestTypes.field("odd", 1, ".test.Word").setType(Type.TYPE_ENUM);

    assertRefused(TestTypes.odd(word));
  }

  @Test
  void compile_wellKnownTypeOtherThanTimestamp_namesTheField() {
    assertRefused(TestTypes.odd(TestTypes.field("odd", 1, TestTypes.DURATION)));
  }

  @Test
  void compile_mapByNumbers_namesTheField() {
    assertRefused(TestTypes.oddMap());
  }

  @Test
  void compile_oneof_namesTheField() {
    assertRefused(TestTypes.oddOneof());
  }

  @Test
  void compile_wellKnownTypeItself_isRefused() {
    assertThatThrownBy(() -> MessageWriter.compile(Struct.getDescriptor()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("message: google.protobuf.Struct (expected: ");
  }

  private static void assertRefused(Descriptor type) {
    assertThatThrownBy(() -> MessageWriter.compile(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("field: test.Odd.odd (expected: ");
  }
}
